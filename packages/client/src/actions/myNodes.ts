import type { OwnNode } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import { readNode } from '../answers/readNode.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * The signed-in wallet's nodes, the latest seen first, 200 at most.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const myNodes = async (client: Client, options: CallOptions = {}): Promise<OwnNode[]> => {
  const call = 'my_nodes'
  return readList(call, await client.call(call, {}, options), readNode)
}
