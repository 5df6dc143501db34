import type Stripe from 'stripe'
import { UNITS_PER_CENT } from './CardSettings.ts'

/** Where we keep whose payment it is: only we write a payment's metadata. */
export const CUSTOMER_KEY = 'oblivion_customer'

/** Which withdrawal a refund is for: written by us when we ask for it. */
export const WITHDRAWAL_KEY = 'oblivion_withdrawal'

/** All that is known of a captured payment, as `record_card_event` takes it. Amounts: millionths of a dollar. */
export type CardFacts = {
  paymentId: string
  /** A wallet's address. */
  customer: string
  amount: string
  livemode: boolean
  /** `withdrawalId`: the customer's wish that it fulfils. */
  refunds: { id: string; amount: string; failed: boolean; withdrawalId: string | null }[]
  disputes: { id: string; amount: string; state: 'open' | 'lost' | 'won' }[]
}

/** What Stripe shows of a payment, by its own objects. */
export type CardPayment = {
  intent: Pick<Stripe.PaymentIntent, 'id' | 'status' | 'currency' | 'amount_received' | 'livemode' | 'metadata'>
  refunds: readonly Pick<Stripe.Refund, 'id' | 'amount' | 'status' | 'metadata'>[]
  disputes: readonly Pick<Stripe.Dispute, 'id' | 'amount' | 'status'>[]
}

/**
 * What of a payment is booked; null for one that is not captured, not in dollars, or not ours. It says what is so, not
 * what has changed, so it may be booked in any order.
 */
export function cardFacts({ intent, refunds, disputes }: CardPayment): CardFacts | null {
  const customer = intent.metadata[CUSTOMER_KEY] ?? ''
  if (intent.status !== 'succeeded' || intent.currency !== 'usd' || !/^0x[0-9a-f]{40}$/.test(customer)) return null
  return {
    paymentId: intent.id,
    customer,
    amount: unitsOf(intent.amount_received),
    livemode: intent.livemode,
    refunds: refunds
      .filter(({ status }) => status !== 'requires_action')
      .map(({ id, amount, status, metadata }) => ({
        id,
        amount: unitsOf(amount),
        failed: status === 'failed' || status === 'canceled',
        withdrawalId: withdrawalOf(metadata),
      })),
    disputes: disputes.flatMap(({ id, amount, status }) => {
      const state = disputeState(status)
      return state === null ? [] : [{ id, amount: unitsOf(amount), state }]
    }),
  }
}

/**
 * An inquiry (`warning_...`) takes no money yet; what becomes of it is told as another status. An appeal is of a dispute that
 * was lost. A status that Stripe invents later counts as open: nothing is spent until somebody has looked.
 */
function disputeState(status: string): 'open' | 'lost' | 'won' | null {
  if (status.startsWith('warning_')) return null
  if (status === 'lost' || status.startsWith('appeal_')) return 'lost'
  return status === 'won' || status === 'prevented' ? 'won' : 'open'
}

const unitsOf = (cents: number): string => String(BigInt(cents) * UNITS_PER_CENT)

/** What an operator writes by hand is no withdrawal. */
const withdrawalOf = (metadata: Stripe.Metadata | null): string | null => {
  const id = metadata?.[WITHDRAWAL_KEY] ?? ''
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null
}
