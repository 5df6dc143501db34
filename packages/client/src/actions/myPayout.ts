import type { Payout } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readPayout } from '../answers/readPayout.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * What the signed-in provider has ordered to be sent to it.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const myPayout = async (client: Client, options: CallOptions = {}): Promise<Payout> => {
  const call = 'my_payout'
  return readPayout(fieldsOf(call, await client.call(call, {}, options)))
}
