import type { Resumption } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readNodeSettings } from '../answers/readNodeSettings.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface ResumeNodeParameters extends CallOptions {
  readonly nodeId: string
}

/**
 * For a node that starts with the key that it has: what `registerNode` would have told it, and what a process before it
 * left is given back. It is no sign of life.
 *
 * @throws {NodeNotFoundError} `OB003`, {NodeKeyInvalidError} `OB004`, and what `Client.call` throws.
 * @example
 * const { settings, waitMs } = await resumeNode(client, { nodeId })
 */
export const resumeNode = async (client: Client, parameters: ResumeNodeParameters): Promise<Resumption> => {
  const { nodeId, ...options } = parameters
  const call = 'resume_node'
  const answer = fieldsOf(call, await client.call(call, { p_node_id: nodeId }, options))
  return { settings: readNodeSettings(answer), waitMs: answer.number('waitMs') }
}
