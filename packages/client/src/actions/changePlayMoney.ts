import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * Gives the signed-in wallet play money, or with a negative amount takes it back; answers what is free then.
 *
 * @param parameters.amount In the smallest unit.
 * @throws {NotSignedInError} `OB001`; {NotSupportedError} `OB006` where there is none; {InsufficientBalanceError} `OB007`
 *   for more back than is free; {TooManyError} `OB014`; and what `Client.call` throws.
 * @example
 * await changePlayMoney(client, { amount: 100_000_000n })
 */
export const changePlayMoney = async (
  client: Client,
  { amount, ...options }: { amount: bigint } & CallOptions,
): Promise<{ free: bigint }> => {
  const call = 'change_play_money'
  const answer = fieldsOf(call, await client.call(call, { p_amount: String(amount) }, options))
  return { free: answer.amount('free') }
}
