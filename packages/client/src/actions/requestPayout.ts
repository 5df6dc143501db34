import type { Payout } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readPayout } from '../answers/readPayout.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * Has all that the signed-in provider has earned up to now sent to its wallet, in one of the next batches and at no cost
 * to it. Safe to repeat.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005` where that is less than the minimum,
 *   {NoSettlementInstanceError} `OB012`, and what `Client.call` throws.
 */
export const requestPayout = async (client: Client, options: CallOptions = {}): Promise<Payout> => {
  const call = 'request_payout'
  return readPayout(fieldsOf(call, await client.call(call, {}, options)))
}
