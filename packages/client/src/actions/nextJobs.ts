import type { JobCandidate } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface NextJobsParameters extends CallOptions {
  /** The caller's own wallet. */
  readonly providerAddress: string
  /** At most this many; 1 where absent. */
  readonly limit?: number | undefined
}

/**
 * Jobs that are kept for this provider for a moment, to be taken with `claimJobFair`. Other callers see others.
 *
 * @throws {NotSignedInError} `OB001`, {WalletMismatchError} `OB002`, and what `Client.call` throws.
 */
export const nextJobs = async (client: Client, parameters: NextJobsParameters): Promise<JobCandidate[]> => {
  const { providerAddress, limit = 1, ...options } = parameters
  const call = 'next_jobs'
  const answer = await client.call(call, { p_provider_address: providerAddress, p_limit: limit }, options)
  return readList(call, answer, (job) => ({
    jobId: job.text('jobId'),
    type: job.text('type'),
    priority: job.number('priority'),
    createdAt: job.text('createdAt'),
  }))
}
