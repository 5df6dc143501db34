import type { CardMoney } from '@oblivion/core'
import { formatAmount, formatMoney, units } from '../format/formatAmount.ts'
import { formatMoment } from '../format/formatTime.ts'

type Entry = { label: string; value: string; unit: string; note: string }
const entry = (label: string, amount: bigint, note: string): Entry => ({
  label,
  value: formatAmount(amount),
  unit: units.card,
  note,
})

/** How long the dispute window is, in days. */
const windowDays = ({ windowSeconds }: Pick<CardMoney, 'windowSeconds'>): number => Math.round(windowSeconds / 86_400)

/** What a wallet has of card money as a customer. A zero is explained. */
export function cardFigures({
  free,
  held,
  spent,
  refunded,
  returning,
  disputed,
  frozen,
  deposited,
}: CardMoney): Entry[] {
  return [
    entry('Free', free, freeNote(free, deposited, frozen)),
    entry('Held', held, held === 0n ? 'No task runs on it.' : 'Reserved for running tasks.'),
    entry('Spent', spent, spent === 0n ? 'No chunk was paid with it yet.' : 'For accepted chunks.'),
    disputed > 0n
      ? entry('Disputed', disputed, 'Asked back through your bank.')
      : entry('Refunded', refunded, refundedNote(refunded, returning)),
  ]
}

function freeNote(free: bigint, deposited: bigint, frozen: boolean): string {
  if (frozen) return 'Frozen while a payment is disputed.'
  if (deposited === 0n) return 'You have paid nothing by card yet.'
  return free === 0n ? 'All of it is held or spent.' : 'Can be spent on new tasks.'
}

function refundedNote(refunded: bigint, returning: bigint): string {
  if (returning > 0n) return `${formatMoney(returning, 'card')} more are on their way.`
  return refunded === 0n ? 'Nothing went back to a card.' : 'Back on your card.'
}

/** What a wallet earned of other people's card money. */
export function cardEarningFigures(money: CardMoney): Entry[] {
  const { waiting, nextAt, ripe, payable, reversed } = money.earnings
  const next = nextAt === null ? 'Nothing waits.' : `The first of it until ${formatMoment(new Date(nextAt))}.`
  return [
    entry('In its window', waiting, next),
    entry(
      'Due',
      ripe,
      ripe === 0n ? 'Nothing waits for the operator.' : 'Paid as soon as the operator’s escrow covers it.',
    ),
    entry('Paid on', payable, payable === 0n ? 'Nothing was paid on yet.' : 'Part of your earnings in USDC above.'),
    entry(
      'Taken back',
      reversed,
      reversed === 0n ? 'No payment was disputed.' : 'Its customer’s payment was disputed.',
    ),
  ]
}

/** Why card money waits, in one sentence for providers. */
export function windowSentence(money: CardMoney): string {
  const days = windowDays(money)
  return `You earned ${formatMoney(money.earnings.total, 'card')} of card money. A card’s owner may dispute a payment, so it is paid on ${days} days after the task was posted, in USDC.`
}
