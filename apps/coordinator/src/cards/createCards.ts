import { createClient, myCardMoney } from '@oblivion/client'
import { CardFrozenError, type CardOffer, CardsUnavailableError } from '@oblivion/core'
import type Stripe from 'stripe'
import type { Engine } from '../database/createEngine.ts'
import { readInstance } from '../database/ledger.ts'
import { describeError } from '../describeError.ts'
import type { Logger } from '../log/createLogger.ts'
import { type CardSettings, isLiveKey, MIN_USD, UNITS_PER_CENT } from './CardSettings.ts'
import { createCheckout } from './createCheckout.ts'
import { createStripe } from './createStripe.ts'
import { type EventOutcome, recordStripeEvent } from './recordStripeEvent.ts'
import { type RefundOutcome, sendCardRefunds } from './sendCardRefunds.ts'
import { sweepStripeEvents } from './sweepStripeEvents.ts'

/** Cards as far as this coordinator takes them. */
export type Cards = {
  offer(): Promise<CardOffer>
  /** Answers the page on which the wallet of a session pays. */
  checkout(order: { token: string; cents: number; requestId: string; returnTo: string }): Promise<string>
  /** Deals with a message; null where its signature is not Stripe's, or too old. */
  receive(body: string, signature: string): Promise<EventOutcome | null>
  /**
   * Tells the engine once whose escrow pays, and after how long; sends back what customers asked for; and now and then looks
   * for what no message brought.
   */
  turn(): Promise<void>
}

/** How old a message may be, in seconds, so that one that was recorded on the way is of no use later. */
const TOLERANCE_SECONDS = 300

/** How often is looked for what no message brought, in milliseconds. */
const SWEEP_MS = 300_000

const POLYGON = 137

/** Whether keys of this mode belong to the chain that is settled on: nobody pays real money for test tokens (M1). */
const fits = (settings: CardSettings, chainId: number | null): boolean =>
  chainId !== null && isLiveKey(settings.secretKey) === (chainId === POLYGON)

export function createCards(parameters: {
  settings: CardSettings
  engine: Engine
  now: () => number
  log: Logger
}): Cards {
  const { settings, engine, now, log } = parameters
  const stripe: Stripe = createStripe(settings)
  const { supabaseUrl, supabaseKey, maxUsd } = settings
  let told = false
  let sweptAt = Number.NEGATIVE_INFINITY
  const isAvailable = async () => fits(settings, (await readInstance(engine))?.chainId ?? null)

  const sweep = async () => {
    if (now() - sweptAt < SWEEP_MS || !(await isAvailable())) return
    const nowSeconds = Math.floor(now() / 1000)
    const { booked, refused, isDone } = await sweepStripeEvents({ stripe, engine, nowSeconds })
    if (isDone) sweptAt = now()
    if (booked > 0)
      log.warn({ events: booked }, 'booked what no message of Stripe brought: see whether its webhook arrives')
    for (const { eventId, error } of refused)
      log.error({ eventId, error: describeError(error) }, 'an event of Stripe cannot be booked')
  }

  return {
    async offer() {
      return {
        available: await isAvailable(),
        mode: isLiveKey(settings.secretKey) ? 'live' : 'test',
        least: BigInt(MIN_USD * 100) * UNITS_PER_CENT,
        most: BigInt(maxUsd * 100) * UNITS_PER_CENT,
      }
    },
    async checkout({ token, cents, requestId, returnTo }) {
      if (!(await isAvailable())) throw new CardsUnavailableError()
      // The database says whose session it is, as for any call; nothing that was sent here names a wallet (A5).
      const client = createClient({ supabaseUrl, supabaseKey, accessToken: async () => token })
      const { customer, frozen } = await myCardMoney(client)
      if (frozen) throw new CardFrozenError()
      return createCheckout(stripe, { customer, cents, maxUsd, requestId, returnTo })
    },
    async receive(body, signature) {
      let event: Stripe.Event
      try {
        event = stripe.webhooks.constructEvent(body, signature, settings.webhookSecret, TOLERANCE_SECONDS)
      } catch {
        // Forged, too old, or no event at all: which of them is nobody's business.
        return null
      }
      return recordStripeEvent({ stripe, engine }, event)
    },
    async turn() {
      if (!told) await engine.call('set_card_terms', [settings.payer, settings.disputeWindowDays])
      told = true
      const onOutcome = (outcome: RefundOutcome) => log.info(outcome, 'a withdrawal to a card')
      // Neither stops the other.
      const both = await Promise.allSettled([sendCardRefunds({ stripe, engine, onOutcome }), sweep()])
      for (const part of both) if (part.status === 'rejected') throw part.reason
    },
  }
}
