import type { Payout } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readPayout } from '../answers/readPayout.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface SetPayoutFromParameters extends CallOptions {
  /** In the smallest unit, at least the minimum; null for never. */
  readonly from: bigint | null
}

/**
 * From which claimable amount on the signed-in provider is paid without asking.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {NoSettlementInstanceError} `OB012`, and what
 *   `Client.call` throws.
 */
export const setPayoutFrom = async (client: Client, parameters: SetPayoutFromParameters): Promise<Payout> => {
  const { from, ...options } = parameters
  const call = 'set_payout_from'
  const args = { p_from: from === null ? null : String(from) }
  return readPayout(fieldsOf(call, await client.call(call, args, options)))
}
