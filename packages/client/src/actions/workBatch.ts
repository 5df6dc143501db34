import type { Done, WorkBatchAnswer } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readOfferedJob } from '../answers/readOfferedJob.ts'
import { refusals } from '../answers/refusals.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface WorkBatchParameters extends CallOptions {
  readonly nodeId: string
  /** What became of the jobs at hand; at most 1000. */
  readonly done?: readonly Done[] | undefined
  /** How many new jobs to take at most; 0 to report only. */
  readonly limit: number
}

/**
 * `workCycle` for many jobs: for server nodes whose limit an operator raised. Each report has an answer of its own, in
 * their order. Reports are safe to repeat; a caller that lost the answer does not know which jobs it holds, and registers
 * its node again, which gives them back.
 *
 * @throws {NodeNotFoundError} `OB003`, {NodeKeyInvalidError} `OB004`, {InvalidInputError} `OB005`,
 *   {ForbiddenError} `OB018` for other nodes, and what `Client.call` throws.
 * @example
 * const { jobs, done } = await workBatch(client, { nodeId, done: reports, limit: 50 })
 */
export const workBatch = async (client: Client, parameters: WorkBatchParameters): Promise<WorkBatchAnswer> => {
  const { nodeId, done = [], limit, ...options } = parameters
  const call = 'work_batch'
  const args = { p_node_id: nodeId, p_done: done, p_limit: limit }
  const answer = fieldsOf(call, await client.call(call, args, options))
  return {
    done: answer.list('done', (report) => ({
      jobId: report.text('jobId'),
      attempt: report.number('attempt'),
      accepted: report.flag('accepted'),
      reason: report.orNull('reason', (name) => report.oneOf(name, refusals)),
    })),
    jobs: answer.list('jobs', readOfferedJob),
    retryMs: answer.number('retryMs'),
  }
}
