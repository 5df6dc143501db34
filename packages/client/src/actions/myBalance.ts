import type { Balance, PlayMoney } from '@oblivion/core'
import { type Fields, fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * What the signed-in customer has, or the one whose API key calls.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const myBalance = async (client: Client, options: CallOptions = {}): Promise<Balance> => {
  const call = 'my_balance'
  const balance = fieldsOf(call, await client.call(call, {}, options))
  return {
    address: balance.text('address'),
    asset: balance.oneOf('asset', ['chain']),
    chainId: balance.orNull('chainId', balance.number),
    settlementAddress: balance.orNull('settlementAddress', balance.text),
    halted: balance.orNull('halted', balance.text),
    free: balance.amount('free'),
    held: balance.amount('held'),
    spent: balance.amount('spent'),
    exiting: balance.amount('exiting'),
    withdrawn: balance.amount('withdrawn'),
    deposited: balance.amount('deposited'),
    dailyCap: balance.orNull('dailyCap', balance.amount),
    room: balance.orNull('room', balance.amount),
    // An older database knows none.
    play: balance.orNull('play', (name) => readPlayMoney(balance.object(name))),
  }
}

const readPlayMoney = (play: Fields): PlayMoney => ({
  free: play.amount('free'),
  held: play.amount('held'),
  spent: play.amount('spent'),
  earned: play.amount('earned'),
})
