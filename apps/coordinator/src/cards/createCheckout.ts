import { InvalidInputError } from '@oblivion/core'
import type Stripe from 'stripe'
import { MIN_USD } from './CardSettings.ts'
import { CUSTOMER_KEY } from './cardFacts.ts'

/**
 * Opens a page of Stripe's on which a customer pays; answers its address. The same request asked twice is one session.
 *
 * @param parameters.cents a whole number, within the limits
 * @param parameters.requestId tells two equal payments from one that was asked for twice
 * @throws InvalidInputError `OB005` for an amount out of range
 */
export async function createCheckout(
  stripe: Stripe,
  parameters: {
    customer: string
    cents: number
    maxUsd: number
    requestId: string
    /** Where the customer comes back to. */
    returnTo: string
  },
): Promise<string> {
  const { customer, cents, maxUsd, requestId, returnTo } = parameters
  if (!Number.isSafeInteger(cents) || cents < MIN_USD * 100 || cents > maxUsd * 100) {
    throw new InvalidInputError({
      message: `A payment by card is ${MIN_USD} to ${maxUsd} dollars.`,
      values: { field: 'cents', reason: 'range' },
    })
  }
  const metadata = { [CUSTOMER_KEY]: customer }
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'payment',
      // A bank transfer may take days to arrive; a card says at once.
      allowed_payment_method_types: ['card'],
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'usd', unit_amount: cents, product_data: { name: 'Computing on Oblivion' } },
        },
      ],
      client_reference_id: customer,
      metadata,
      payment_intent_data: { metadata },
      success_url: `${returnTo}?card=paid`,
      cancel_url: `${returnTo}?card=cancelled`,
    },
    { idempotencyKey: `checkout:${customer}:${cents}:${requestId}` },
  )
  if (session.url === null) throw new Error('Stripe opened a session without a page.')
  return session.url
}
