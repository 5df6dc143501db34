import type { Done, WorkCycleAnswer } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readOfferedJob } from '../answers/readOfferedJob.ts'
import { refusals } from '../answers/refusals.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface WorkCycleParameters extends CallOptions {
  readonly nodeId: string
  /** What became of the job at hand. */
  readonly done?: Done | undefined
  /** False: report only and take no new job, as on finishing and closing. True where absent. */
  readonly claim?: boolean | undefined
}

/**
 * The hot path in one round trip: reports the last job, counts as a heartbeat, claims the next job and says when to come
 * back. Safe to repeat: a report that was taken before is refused as stale and pays nothing twice.
 *
 * @throws {NodeNotFoundError} `OB003`, {NodeKeyInvalidError} `OB004`, and what `Client.call` throws. A report that is
 *   refused is a value (`accepted: false`), not an error.
 * @example
 * const { job, retryMs } = await workCycle(client, { nodeId })
 */
export const workCycle = async (client: Client, parameters: WorkCycleParameters): Promise<WorkCycleAnswer> => {
  const { nodeId, done, claim = true, ...options } = parameters
  const call = 'work_cycle'
  const args = {
    p_node_id: nodeId,
    p_done: done ?? null,
    ...(claim ? {} : { p_claim: false }),
  } satisfies FunctionArguments<'work_cycle'>
  const answer = fieldsOf(call, await client.call(call, args, options))
  return {
    job: answer.orNull('job', (name) => readOfferedJob(answer.object(name))),
    retryMs: answer.number('retryMs'),
    accepted: answer.orNull('accepted', answer.flag),
    reason: answer.orNull('reason', (name) => answer.oneOf(name, refusals)),
  }
}
