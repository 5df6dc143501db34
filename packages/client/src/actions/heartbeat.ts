import type { HeartbeatAnswer, JobMetrics } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface HeartbeatParameters extends CallOptions {
  readonly nodeId: string
  /** The job at hand, whose lease is renewed. */
  readonly job?: { readonly jobId: string; readonly attempt: number } | undefined
  /** Share of the job that is done, 0 to 1. */
  readonly progress?: number | undefined
  readonly metrics?: JobMetrics | undefined
}

/**
 * A sign of life, every `settings.heartbeatSeconds` while a job is held.
 *
 * @throws {NodeNotFoundError} `OB003`, {NodeKeyInvalidError} `OB004`, and what `Client.call` throws.
 * @example
 * const { cancel } = await heartbeat(client, { nodeId, job, progress: 0.4 })
 */
export const heartbeat = async (client: Client, parameters: HeartbeatParameters): Promise<HeartbeatAnswer> => {
  const { nodeId, job, progress, metrics, ...options } = parameters
  const call = 'heartbeat'
  const args = {
    p_node_id: nodeId,
    p_job_id: job?.jobId ?? null,
    p_attempt: job?.attempt ?? null,
    p_progress: progress ?? null,
    p_metrics: metrics ?? null,
  } satisfies FunctionArguments<'heartbeat'>
  const answer = fieldsOf(call, await client.call(call, args, options))
  return { leaseExpiresAt: answer.orNull('leaseExpiresAt', answer.text), cancel: answer.flag('cancel') }
}
