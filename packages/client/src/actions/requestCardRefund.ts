import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface RequestCardRefundParameters extends CallOptions {
  /** In millionths of a dollar, whole cents. */
  readonly amount: bigint
  /** The same for the same wish, 8 to 64 letters, digits, - and _: asked twice it happens once. */
  readonly requestId?: string | undefined
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
  { amount, requestId, ...options }: RequestCardRefundParameters,
): Promise<{ readonly requested: bigint; readonly free: bigint }> => {
  const call = 'request_card_refund'
  const args = { p_amount: String(amount), ...(requestId === undefined ? {} : { p_request_id: requestId }) }
  const answer = fieldsOf(call, await client.call(call, args, options))
  return { requested: answer.amount('requested'), free: answer.amount('free') }
}
