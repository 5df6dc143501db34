import type { ResultOrUrl } from '@oblivion/core'
import { callForFlag } from '../answers/callForFlag.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export type CompleteJobParameters = CallOptions &
  ResultOrUrl & {
    readonly jobId: string
    /** The caller's own wallet. */
    readonly providerAddress: string
    /** The attempt that the claim made; with it a stale completion is told from a fresh one. */
    readonly attempt?: number | undefined
    /** `resultHash(result)` of `@oblivion/core`. */
    readonly resultHash: string
  }

/**
 * Hands in the result of a job that was taken with `claimJobFair`. False: it changed nothing, since the job is no longer
 * the caller's.
 *
 * @throws {NotSignedInError} `OB001`, {WalletMismatchError} `OB002`, {ResultTooLargeError} `OB011`, and what
 *   `Client.call` throws.
 */
export const completeJob = (client: Client, parameters: CompleteJobParameters): Promise<boolean> => {
  const { jobId, providerAddress, attempt, result, resultUrl, resultHash, ...options } = parameters
  const args = {
    p_job_id: jobId,
    p_provider_address: providerAddress,
    p_attempt: attempt ?? null,
    ...(resultUrl === undefined ? { p_result: result } : { p_result_url: resultUrl }),
    p_result_hash: resultHash,
  } satisfies FunctionArguments<'complete_job'>
  return callForFlag(client, 'complete_job', args, options)
}
