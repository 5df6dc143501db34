import type { OperatorNodes } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readOperatorNode } from '../answers/readOperatorNode.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * All nodes, for a wallet that is an operator: the latest seen first, 200 at most.
 *
 * @throws {NotSignedInError} `OB001`, {ForbiddenError} `OB018` for anybody else, and what `Client.call` throws.
 */
export const operatorNodes = async (client: Client, options: CallOptions = {}): Promise<OperatorNodes> => {
  const call = 'operator_nodes'
  const all = fieldsOf(call, await client.call(call, {}, options))
  return { asOf: all.text('asOf'), nodes: all.list('nodes', readOperatorNode) }
}
