import type { TaskSummary } from '@oblivion/core'
import { formatMoney } from '../format/formatAmount.ts'

type Priced = Pick<TaskSummary, 'pricePerChunk' | 'metered' | 'asset' | 'terms' | 'stages' | 'needs'>

const jobsAChunk = ({ terms, stages }: Pick<TaskSummary, 'terms' | 'stages'>): number =>
  terms.replicas * (stages?.length ?? 1)

/** What one accepted job of a task costs: `'0.01 USDC a chunk'`, `'At most 0.01 USDC a job, 4 a chunk'`. */
export function priceWords(task: Priced): string {
  const jobs = jobsAChunk(task)
  const price = `${formatMoney(task.pricePerChunk, task.asset)} ${jobs > 1 ? `a job, ${jobs} a chunk` : 'a chunk'}`
  return task.metered ? `At most ${price}` : price
}

/** How a metered task is paid; null where the price is fixed, which its money says. */
export function meteredSentence({ metered, pricePerChunk, asset, needs }: Priced): string | null {
  if (!metered) return null
  const rate = needs.maxPricePerHour === null ? '' : `, ${formatMoney(needs.maxPricePerHour, asset)} an hour at most`
  return `Paid by time, at each worker’s price per hour${rate}; no job costs more than ${formatMoney(pricePerChunk, asset)}.`
}

/**
 * What the accepted chunks of a task came to. Of a metered one with one job a chunk also what one costs on average, as long
 * as none has failed: a failure that a second worker confirms is paid as well (ADR 16), and `spent` does not tell it apart.
 */
export function spentSentence(task: Priced & Pick<TaskSummary, 'spent' | 'counts'>): string {
  const { spent, asset, metered, counts } = task
  if (spent === 0n) return 'No chunk is accepted yet.'
  if (counts.failed > 0) return 'For accepted chunks, and for failures that two owners report alike.'
  if (!metered || jobsAChunk(task) > 1 || counts.completed === 0) return 'For accepted chunks.'
  return `For accepted chunks, about ${formatMoney(spent / BigInt(counts.completed), asset)} each.`
}

type Reserved = Pick<TaskSummary, 'budget' | 'spent' | 'held' | 'finishedAt'>

/** What the part that is still held is for. A cancelled task holds what its chunks in work may earn yet. */
export function heldSentence({ held, finishedAt }: Reserved): string {
  if (finishedAt === null) return 'Reserved for chunks to come.'
  return held > 0n ? 'Chunks in work keep theirs until they end.' : 'Nothing is reserved any more.'
}

export function returnedSentence({ budget, spent, held, finishedAt }: Reserved): string {
  if (finishedAt === null) return 'What is left returns at the end.'
  if (budget > spent + held) return 'Back in your free balance.'
  return held > 0n ? 'What chunks in work do not earn returns when they end.' : 'All of it was spent.'
}
