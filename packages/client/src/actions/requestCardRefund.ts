import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface RequestCardRefundParameters extends CallOptions {
  /** In millionths of a dollar, whole cents. */
  readonly amount: bigint
}

/**
 * Takes free card money of the signed-in wallet back to the cards that it came from. Answers what is still free.
 *
 * @throws {NotSignedInError} `OB001`
 * @throws {InvalidInputError} `OB005` for less than a cent, or parts of one
 * @throws {InsufficientBalanceError} `OB007` where less is free, or less can go back to a card
 * @throws {CardFrozenError} `OB090` while a payment is disputed, and what `Client.call` throws.
 */
export const requestCardRefund = async (
  client: Client,
  { amount, ...options }: RequestCardRefundParameters,
): Promise<{ readonly requested: bigint; readonly free: bigint }> => {
  const call = 'request_card_refund'
  const answer = fieldsOf(call, await client.call(call, { p_amount: String(amount) }, options))
  return { requested: answer.amount('requested'), free: answer.amount('free') }
}
