import type { CardMoney } from '@oblivion/core'
import { keep, kept } from '../shell/keep.ts'

/** What came of a visit to Stripe's page. `pending`: the customer says it paid, and Stripe has not told us yet. */
export type CardReturn = 'cancelled' | 'pending' | 'arrived'

const KEY = 'oblivion.checkout'

/** Before leaving for Stripe's page: what was deposited until then. */
export function leaveForCheckout(money: Pick<CardMoney, 'customer' | 'deposited'>): void {
  keep(KEY, `${money.customer} ${money.deposited}`)
}

export function forgetCheckout(): void {
  keep(KEY, null)
}

/**
 * Reads how the visit ended. The address that Stripe sends back to is no proof of a payment: only a balance that has grown
 * since is.
 */
export function cardReturn(word: unknown, money: Pick<CardMoney, 'customer' | 'deposited'>): CardReturn | null {
  if (word === 'cancelled') return 'cancelled'
  if (word !== 'paid') return null
  const [customer, before] = (kept(KEY) ?? '').split(' ')
  const grew = customer === money.customer && before !== undefined && money.deposited > BigInt(before)
  return grew ? 'arrived' : 'pending'
}
