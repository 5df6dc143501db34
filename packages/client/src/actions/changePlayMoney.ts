import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * Gives the signed-in wallet play money, or with a negative amount takes it back; answers what is free then.
 *
 * @param parameters.amount In the smallest unit.
 * @param parameters.requestId The same for the same wish, 8 to 64 letters, digits, - and _: asked twice it happens once.
 * @throws {NotSignedInError} `OB001`; {NotSupportedError} `OB006` where there is none; {InsufficientBalanceError} `OB007`
 *   for more back than is free; {TooManyError} `OB014`; and what `Client.call` throws.
 * @example
 * await changePlayMoney(client, { amount: 100_000_000n })
 */
export const changePlayMoney = async (
  client: Client,
  { amount, requestId, ...options }: { amount: bigint; requestId?: string | undefined } & CallOptions,
): Promise<{ free: bigint }> => {
  const call = 'change_play_money'
  const args = { p_amount: String(amount), ...(requestId === undefined ? {} : { p_request_id: requestId }) }
  const answer = fieldsOf(call, await client.call(call, args, options))
  return { free: answer.amount('free') }
}
