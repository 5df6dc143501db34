import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/** How many nodes, visitors' included, sites and API keys were forgotten. */
export interface Forgotten {
  readonly nodes: number
  readonly sites: number
  readonly apiKeys: number
}

/**
 * Forgets the caller's nodes, machines, sites and API keys for good; what they hold goes back, and their keys are void. By a node
 * key: that node, or the site's visitor behind it. Ledger, receipts, history and tasks stay. Safe to repeat by a wallet.
 *
 * @throws {NotSignedInError} `OB001`, {NodeKeyInvalidError} `OB004`, and what `Client.call` throws.
 */
export const forgetMe = async (client: Client, options: CallOptions = {}): Promise<Forgotten> => {
  const call = 'forget_me'
  const fields = fieldsOf(call, await client.call(call, {}, options))
  return { nodes: fields.number('nodes'), sites: fields.number('sites'), apiKeys: fields.number('apiKeys') }
}
