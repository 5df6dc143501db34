import { Hono } from 'hono'
import { z } from 'zod'
import type { Cards } from '../cards/createCards.ts'
import { describeError } from '../describeError.ts'
import type { Logger } from '../log/createLogger.ts'
import { bearerOf, limitBody, refusal, refusalOf } from './refusals.ts'

const order = z.object({
  cents: z.number(),
  /** Made by the page once for each payment. */
  requestId: z.string().regex(/^[\w-]{8,64}$/),
})

/** What the door of cards needs; `returnTo` is where whoever calls from no page is sent back to. */
export type CardAccess = { readonly cards: Cards; readonly returnTo: string | undefined; readonly log: Logger }

/**
 * `GET /` whether cards are taken; `POST /checkout` a page of Stripe's for the wallet of the caller's session;
 * `POST /webhook` for Stripe. Without keys there is nothing but `available: false`.
 */
export function cardDoor(access: CardAccess | null): Hono {
  const door = new Hono()
  door.get('/', async (context) => {
    if (access === null) return context.json({ available: false })
    const offer = await access.cards.offer()
    return context.json({ ...offer, least: String(offer.least), most: String(offer.most) })
  })
  if (access === null) return door
  const { cards, returnTo, log } = access

  door.post('/checkout', limitBody(4_096), async (context) => {
    const token = bearerOf(context.req.header('authorization'))
    if (token === null) return context.json(refusal('OB001', 'This call needs a signed-in wallet.'), 401)
    const parsed = order.safeParse(await context.req.json().catch(() => null))
    if (!parsed.success) return context.json(refusal('OB005', 'A payment is {cents, requestId}.'), 400)
    const origin = context.req.header('origin') ?? returnTo
    if (origin === undefined) return context.json(refusal('OB091', 'No page is configured to come back to.'), 404)
    const url = await cards.checkout({ token, ...parsed.data, returnTo: `${origin}/wallet` })
    return context.json({ url })
  })

  door.post('/webhook', limitBody(1_048_576), async (context) => {
    // The bytes as they came: the signature is over them.
    const outcome = await cards.receive(await context.req.text(), context.req.header('stripe-signature') ?? '')
    if (outcome === null) return context.json({ error: 'The signature is not one of Stripe’s.' }, 400)
    if (outcome === 'unknown_event') {
      log.error('a message with a right signature is unknown to Stripe: change STRIPE_WEBHOOK_SECRET')
      return context.json({ error: 'Stripe does not know this event.' }, 400)
    }
    if (outcome === 'booked') log.info('a payment by card was booked')
    return context.json({ outcome })
  })

  door.onError((error, context) => {
    const refused = refusalOf(error)
    if (refused !== null) return context.json(refused.body, refused.status)
    // Stripe or the database did not answer; who asked may ask again, as Stripe itself does.
    log.warn({ error: describeError(error) }, 'a call about cards failed')
    return context.json({ error: 'This cannot be answered now. Try again.' }, 503)
  })
  return door
}
