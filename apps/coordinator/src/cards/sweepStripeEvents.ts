import { OblivionError } from '@oblivion/core'
import Stripe from 'stripe'
import { z } from 'zod'
import type { Engine } from '../database/createEngine.ts'
import { EVENT_TYPES, recordStripeEvent } from './recordStripeEvent.ts'

/** For so long Stripe keeps its events, in seconds: older ones cannot be asked for. */
const KEPT = 30 * 86_400
/** Looked at once more, since an event may be listed later than one that was made after it; seconds. */
const OVERLAP = 3_600
const swept = z.union([z.string(), z.number()]).transform(Number).nullable()

/**
 * What no message brought: `booked` now, `refused` by the ledger for good, or without a payment that Stripe knows; and whether
 * that was all until now.
 */
export type Sweep = { booked: number; refused: { eventId: string; error: Error }[]; isDone: boolean }

/**
 * Deals with events whose messages never came or were lost on the way: while the coordinator was down for longer than Stripe
 * tries, while the endpoint was wrong, or where it died between the message and the ledger. One pass looks at 2,000
 * events of Stripe's own list at most, and keeps how far it came.
 *
 * @param parts.nowSeconds since the epoch
 * @param parts.most how many events one pass reads
 * @throws OutageError and Stripe's errors, where a later pass may do better
 */
export async function sweepStripeEvents(parts: {
  stripe: Stripe
  engine: Engine
  nowSeconds: number
  most?: number
}): Promise<Sweep> {
  const { stripe, engine, nowSeconds, most = 2_000 } = parts
  const oldest = nowSeconds - KEPT
  const from = Math.max(oldest, swept.parse(await engine.call('card_swept_to')) ?? oldest)
  let until = nowSeconds
  let events = await listEvents(stripe, { from: from - OVERLAP, until, most })
  // Stripe lists the newest first: of more than that a shorter time is read, so that none is left out.
  while (events.length === most && until - from > 60) {
    until = from + Math.floor((until - from) / 2)
    events = await listEvents(stripe, { from: from - OVERLAP, until, most })
  }
  const sweep: Sweep = { booked: 0, refused: [], isDone: until === nowSeconds }
  // The oldest first, as they would have come.
  for (const event of events.reverse()) {
    try {
      if ((await recordStripeEvent({ stripe, engine }, event)) === 'booked') sweep.booked += 1
    } catch (error) {
      // What the ledger refuses now it refuses again, and Stripe does not find later what it lists and has not (the overlap
      // looks once more): neither must stand before all others.
      if (!(error instanceof OblivionError) && !isAbsent(error)) throw error
      sweep.refused.push({ eventId: event.id, error })
    }
  }
  await engine.call('set_card_swept_to', [until])
  return sweep
}

const isAbsent = (error: unknown): error is Error =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404

const listEvents = (stripe: Stripe, { from, until, most }: { from: number; until: number; most: number }) =>
  stripe.events
    .list({ created: { gte: from, lt: until }, types: [...EVENT_TYPES], limit: Math.min(100, most) })
    .autoPagingToArray({ limit: most })
