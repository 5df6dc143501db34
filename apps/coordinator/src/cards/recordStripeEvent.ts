import type Stripe from 'stripe'
import type { Engine } from '../database/createEngine.ts'
import { cardFacts } from './cardFacts.ts'
import { readCardPayment } from './readCardPayment.ts'

/** `unknown_event`: Stripe does not know it, so whoever signed it was not Stripe. */
export type EventOutcome = 'booked' | 'seen' | 'ignored' | 'unknown_event'

/** The events that can be about a payment of ours. */
export const EVENT_TYPES = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'payment_intent.succeeded',
  'charge.succeeded',
  'charge.refunded',
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'refund.created',
  'refund.updated',
  'refund.failed',
] as const
const isOurs = (type: string): boolean => EVENT_TYPES.some((ours) => ours === type)

/**
 * Deals with a message that carried a right signature. Of all that it says only its id is believed: the event is read
 * back from Stripe, then the payment as it is now. Whoever stole the signing secret can make us look, no more.
 *
 * @throws OutageError and Stripe's errors, where a later try may do better
 */
export async function recordStripeEvent(
  parts: { stripe: Stripe; engine: Engine },
  told: Pick<Stripe.Event, 'id' | 'type'>,
): Promise<EventOutcome> {
  const { stripe, engine } = parts
  if (!isOurs(told.type)) return 'ignored'
  if ((await engine.call('is_card_event_known', [told.id])) === true) return 'seen'
  const event = await stripe.events.retrieve(told.id).catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
  if (event === null) return 'unknown_event'
  if (!isOurs(event.type)) return 'ignored'
  const paymentId = paymentOf(event.data.object as object)
  const facts = paymentId === null ? null : cardFacts(await readCardPayment(stripe, paymentId))
  const args = [event.id, event.type, facts === null ? null : JSON.stringify(facts)]
  if ((await engine.call('record_card_event', args)) !== true) return 'seen'
  return facts === null ? 'ignored' : 'booked'
}

/** The payment intent behind a session, a charge, a refund, a dispute, or itself; null where there is none. */
function paymentOf(object: object): string | null {
  const { object: kind, id, payment_intent: parent } = object as Record<string, unknown>
  if (kind === 'payment_intent') return typeof id === 'string' ? id : null
  if (typeof parent === 'string') return parent
  const { id: parentId } = (parent ?? {}) as { id?: unknown }
  return typeof parentId === 'string' ? parentId : null
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 404
