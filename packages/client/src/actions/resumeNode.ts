import type { Resumption } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readNodeSettings } from '../answers/readNodeSettings.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface ResumeNodeParameters extends CallOptions {
  readonly nodeId: string
  /** How many jobs the node computes at once, where that is less than it may. As many as it may where absent. */
  readonly maxJobs?: number | undefined
}

/**
 * For a node that starts with the key that it has: what `registerNode` would have told it, and what a process before it
 * left is given back. It is no sign of life.
 *
 * @throws {NodeNotFoundError} `OB003`, {NodeKeyInvalidError} `OB004`, {InvalidInputError} `OB005`, and what `Client.call` throws.
 * @example
 * const { settings, waitMs } = await resumeNode(client, { nodeId })
 */
export const resumeNode = async (client: Client, parameters: ResumeNodeParameters): Promise<Resumption> => {
  const { nodeId, maxJobs, ...options } = parameters
  const call = 'resume_node'
  const args = {
    p_node_id: nodeId,
    ...(maxJobs === undefined ? {} : { p_max_jobs: maxJobs }),
  } satisfies FunctionArguments<'resume_node'>
  const answer = fieldsOf(call, await client.call(call, args, options))
  return { settings: readNodeSettings(answer), waitMs: answer.number('waitMs') }
}
