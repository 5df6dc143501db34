import { callForFlag } from '../answers/callForFlag.ts'
import type { CallOptions, Client } from '../Client.ts'

export type SaveCheckpointParameters = CallOptions & {
  readonly nodeId: string
  readonly job: { readonly jobId: string; readonly attempt: number }
} & (
    | {
        /** JSON text of at most 64 kB. */
        readonly state: string
        readonly hash?: never
      }
    | {
        /** SHA-256 of the text, which lies in Storage as `oblivion-checkpoints/uploads/<job>/<attempt>/<hash>`. */
        readonly hash: string
        readonly state?: never
      }
  )

/**
 * Keeps a state from which another run of the job can go on, in place of the one before. False: the job is no longer the
 * node's.
 *
 * @throws {InvalidInputError} `OB005`, {NodeNotFoundError} `OB003`, {NodeKeyInvalidError} `OB004`, and what `Client.call`
 *   throws.
 */
export const saveCheckpoint = (client: Client, parameters: SaveCheckpointParameters): Promise<boolean> => {
  const { nodeId, job, state, hash, ...options } = parameters
  const kept = hash === undefined ? { p_state: state } : { p_hash: hash }
  const args = { p_node_id: nodeId, p_job_id: job.jobId, p_attempt: job.attempt, ...kept }
  return callForFlag(client, 'save_checkpoint', args, options)
}
