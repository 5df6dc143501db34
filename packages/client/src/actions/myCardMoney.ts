import type { CardMoney } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * What the signed-in wallet has, and has earned, of money that was paid by card.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const myCardMoney = async (client: Client, options: CallOptions = {}): Promise<CardMoney> => {
  const call = 'my_card_money'
  const money = fieldsOf(call, await client.call(call, {}, options))
  const earnings = money.object('earnings')
  return {
    asset: money.oneOf('asset', ['card']),
    customer: money.text('customer'),
    windowSeconds: money.number('windowSeconds'),
    frozen: money.flag('frozen'),
    free: money.amount('free'),
    held: money.amount('held'),
    spent: money.amount('spent'),
    deposited: money.amount('deposited'),
    refunded: money.amount('refunded'),
    returning: money.amount('returning'),
    withdrawals: money.list('withdrawals', (withdrawal) => ({
      amount: withdrawal.amount('amount'),
      state: withdrawal.oneOf('state', ['requested', 'returned', 'failed']),
      reason: withdrawal.orNull('reason', withdrawal.text),
      requestedAt: withdrawal.text('requestedAt'),
    })),
    disputed: money.amount('disputed'),
    earnings: {
      total: earnings.amount('total'),
      waiting: earnings.amount('waiting'),
      nextAt: earnings.orNull('nextAt', earnings.text),
      ripe: earnings.amount('ripe'),
      payable: earnings.amount('payable'),
      reversed: earnings.amount('reversed'),
    },
  }
}
