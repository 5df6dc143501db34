import type { OfferedJob } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readOfferedJob } from '../answers/readOfferedJob.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface ClaimedJobParameters extends CallOptions {
  readonly jobId: string
  /** The caller's own wallet. */
  readonly providerAddress: string
}

/**
 * What a node has to know of a job that it took with `claimJobFair`; null where it does not hold it.
 *
 * @throws {NotSignedInError} `OB001`, {WalletMismatchError} `OB002`, and what `Client.call` throws.
 */
export const claimedJob = async (client: Client, parameters: ClaimedJobParameters): Promise<OfferedJob | null> => {
  const { jobId, providerAddress, ...options } = parameters
  const call = 'claimed_job'
  const answer = await client.call(call, { p_job_id: jobId, p_provider_address: providerAddress }, options)
  return answer === null ? null : readOfferedJob(fieldsOf(call, answer))
}
