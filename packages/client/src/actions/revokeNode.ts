import type { OwnNode } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readNode } from '../answers/readNode.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface RevokeNodeParameters extends CallOptions {
  readonly nodeId: string
}

/**
 * Ends the key of a node of the signed-in wallet for good; its jobs go back to the queue. Whoever has the key can do
 * nothing more with it; the wallet itself may register the machine again, which makes a new key. Safe to repeat.
 *
 * @throws {NotSignedInError} `OB001`, {NodeNotFoundError} `OB003`, and what `Client.call` throws.
 */
export const revokeNode = async (client: Client, parameters: RevokeNodeParameters): Promise<OwnNode> => {
  const { nodeId, ...options } = parameters
  const call = 'revoke_node'
  return readNode(fieldsOf(call, await client.call(call, { p_node_id: nodeId }, options)))
}
