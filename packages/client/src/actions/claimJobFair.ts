import { callForFlag } from '../answers/callForFlag.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface ClaimJobFairParameters extends CallOptions {
  readonly jobId: string
  /** The caller's own wallet. */
  readonly providerAddress: string
}

/**
 * Takes a job that `nextJobs` has shown. False: somebody else has it, or the caller may not take another one now.
 *
 * @throws {NotSignedInError} `OB001`, {WalletMismatchError} `OB002`, and what `Client.call` throws.
 */
export const claimJobFair = (client: Client, parameters: ClaimJobFairParameters): Promise<boolean> => {
  const { jobId, providerAddress, ...options } = parameters
  return callForFlag(client, 'claim_job_fair', { p_job_id: jobId, p_provider_address: providerAddress }, options)
}
