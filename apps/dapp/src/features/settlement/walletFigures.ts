import type { Balance, Earnings } from '@oblivion/core'
import { formatMoney } from '../format/formatAmount.ts'

export type BalancePart = {
  key: 'free' | 'held' | 'pending' | 'claimable' | 'settled'
  label: string
  amount: bigint
  fill: string
  note: string
}

/** All money of one wallet here, split by what it can do next. A zero is explained. */
export function balanceParts(
  { free, held, exiting, deposited }: Pick<Balance, 'free' | 'held' | 'exiting' | 'deposited'>,
  { pending, claimable, settled, total }: Pick<Earnings, 'pending' | 'claimable' | 'settled' | 'total'>,
): BalancePart[] {
  return [
    {
      key: 'free',
      label: 'Free',
      amount: free,
      fill: 'bg-ink',
      note: freeNote(deposited, exiting),
    },
    {
      key: 'held',
      label: 'Held',
      amount: held,
      fill: 'bg-wait',
      note: held === 0n ? 'No task of yours is running.' : 'Reserved for running tasks.',
    },
    {
      key: 'pending',
      label: 'Pending',
      amount: pending,
      fill: 'bg-wait hatch',
      note: pendingNote(total, pending),
    },
    {
      key: 'claimable',
      label: 'Can be settled',
      amount: claimable,
      fill: 'bg-work',
      note: claimable === 0n ? 'No voucher is open.' : 'Signed for. Take it below.',
    },
    {
      key: 'settled',
      label: 'Settled',
      amount: settled,
      fill: 'bg-line-strong',
      note: settled === 0n ? 'Nothing was paid out yet.' : 'Paid to your wallet.',
    },
  ]
}

function freeNote(deposited: bigint, exiting: bigint): string {
  if (deposited === 0n) return 'You have not deposited yet.'
  return exiting === 0n ? 'Can be spent on new tasks.' : 'No task is begun while a withdrawal waits.'
}

function pendingNote(total: bigint, pending: bigint): string {
  if (total === 0n) return 'Your worker has earned nothing yet.'
  return pending === 0n ? 'All you earned is charged.' : 'Earned, not yet charged on the chain.'
}

/** What a wallet can do now, in one sentence. */
export function walletSentence(
  { free, held, exiting }: Pick<Balance, 'free' | 'held' | 'exiting'>,
  { claimable, pending, settled }: Pick<Earnings, 'claimable' | 'pending' | 'settled'>,
): string {
  if (exiting > 0n) return `A withdrawal of ${formatMoney(exiting)} waits; your tasks stand still.`
  if (claimable > 0n && free > 0n) return `${formatMoney(free)} to spend, ${formatMoney(claimable)} to settle.`
  if (claimable > 0n) return `${formatMoney(claimable)} can be settled now.`
  if (free > 0n) return `${formatMoney(free)} are free to spend.`
  if (held > 0n) return `All your money is held for running tasks: ${formatMoney(held)}.`
  if (pending > 0n) return `${formatMoney(pending)} are earned and wait to be charged.`
  if (settled > 0n) return `All ${formatMoney(settled)} that you earned are settled.`
  return 'Nothing to spend and nothing to settle yet.'
}
