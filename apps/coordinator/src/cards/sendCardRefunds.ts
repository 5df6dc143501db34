import type Stripe from 'stripe'
import { z } from 'zod'
import type { Engine } from '../database/createEngine.ts'
import { UNITS_PER_CENT } from './CardSettings.ts'
import { cardFacts, WITHDRAWAL_KEY } from './cardFacts.ts'
import { readCardPayment } from './readCardPayment.ts'

const due = z.array(z.object({ withdrawalId: z.string(), paymentId: z.string(), amount: z.string().transform(BigInt) }))

/** What the loop says of one withdrawal. */
export type RefundOutcome = { withdrawalId: string; outcome: 'returned' | 'refused' }

/**
 * Asks Stripe for the refunds that customers wish, and books what became of them. A try that was cut off anywhere is
 * completed by the next: the payment is read first, so a refund that exists is found by its withdrawal's id, and Stripe does
 * what it is asked twice only once.
 *
 * @throws OutageError and Stripe's errors, where a later try may do better
 */
export async function sendCardRefunds(parts: Parts): Promise<void> {
  const wishes = due.parse(await parts.engine.call('card_refunds_due'))
  const failures: unknown[] = []
  // One that cannot be made now must not stand before those of all others.
  for (const wish of wishes) await sendOne(parts, wish).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

type Parts = { stripe: Stripe; engine: Engine; onOutcome: (outcome: RefundOutcome) => void }

async function sendOne(
  { stripe, engine, onOutcome }: Parts,
  { withdrawalId, paymentId, amount }: z.output<typeof due>[number],
): Promise<void> {
  const before = cardFacts(await readCardPayment(stripe, paymentId))
  if (!before?.refunds.some((refund) => refund.withdrawalId === withdrawalId)) {
    try {
      await stripe.refunds.create(
        {
          payment_intent: paymentId,
          amount: Number(amount / UNITS_PER_CENT),
          metadata: { [WITHDRAWAL_KEY]: withdrawalId },
        },
        { idempotencyKey: `withdrawal:${withdrawalId}` },
      )
    } catch (error) {
      const reason = refusalOf(error)
      if (reason === null) throw error
      await engine.call('fail_card_withdrawal', [withdrawalId, reason])
      return onOutcome({ withdrawalId, outcome: 'refused' })
    }
  }
  const facts = cardFacts(await readCardPayment(stripe, paymentId))
  if (facts !== null) await engine.call('record_card_payment', [JSON.stringify(facts)])
  onOutcome({ withdrawalId, outcome: 'returned' })
}

/** Why Stripe will never make this refund (disputed, refunded already); null where it may another time. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('type' in error) || error.type !== 'StripeInvalidRequestError') return null
  return error.message
}
