import type Stripe from 'stripe'
import type { CardPayment } from './cardFacts.ts'

/** A payment cannot have more parts than this; the rest would be nobody's. */
const MOST = 1_000

/** Reads a payment with its refunds and disputes as Stripe shows them now. */
export async function readCardPayment(stripe: Stripe, paymentId: string): Promise<CardPayment> {
  const of = { payment_intent: paymentId, limit: 100 }
  const [intent, refunds, disputes] = await Promise.all([
    stripe.paymentIntents.retrieve(paymentId),
    stripe.refunds.list(of).autoPagingToArray({ limit: MOST }),
    stripe.disputes.list(of).autoPagingToArray({ limit: MOST }),
  ])
  return { intent, refunds, disputes }
}
