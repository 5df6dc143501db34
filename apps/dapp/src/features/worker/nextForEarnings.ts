import type { Earnings } from '@oblivion/core'
import { formatMoney } from '../format/formatAmount.ts'

/** What happens next with a provider's money, in one sentence; a zero is explained. */
export function nextForEarnings({
  total,
  pending,
  claimable,
}: Pick<Earnings, 'total' | 'pending' | 'claimable'>): string {
  if (total === 0n) return 'Nothing yet: the first accepted job shows here.'
  if (claimable > 0n) return `${formatMoney(claimable)} can be settled now.`
  if (pending > 0n) return `${formatMoney(pending)} wait to be charged on the chain.`
  return 'Everything you earned is settled.'
}
