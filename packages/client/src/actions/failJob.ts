import { callForFlag } from '../answers/callForFlag.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface FailJobParameters extends CallOptions {
  readonly jobId: string
  /** The caller's own wallet. */
  readonly providerAddress: string
  /** What the program threw. */
  readonly error: string
  /** The attempt that the claim made. */
  readonly attempt?: number | undefined
}

/**
 * Reports that the program failed; this spends one of the job's tries. False: it changed nothing, since the job is no
 * longer the caller's.
 *
 * @throws {NotSignedInError} `OB001`, {WalletMismatchError} `OB002`, and what `Client.call` throws.
 */
export const failJob = (client: Client, parameters: FailJobParameters): Promise<boolean> => {
  const { jobId, providerAddress, error, attempt, ...options } = parameters
  const args = {
    p_job_id: jobId,
    p_provider_address: providerAddress,
    p_error: error,
    p_attempt: attempt ?? null,
  } satisfies FunctionArguments<'fail_job'>
  return callForFlag(client, 'fail_job', args, options)
}
