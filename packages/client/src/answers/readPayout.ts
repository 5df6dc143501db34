import type { Payout } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

/** A provider's orders for payouts. */
export const readPayout = (payout: Fields): Payout => ({
  minimum: payout.amount('minimum'),
  asked: payout.amount('asked'),
  from: payout.orNull('from', payout.amount),
})
