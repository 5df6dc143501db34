import type { ChunkFailure, TaskView } from '@oblivion/core'
import { formatAddress } from '../format/formatAddress.ts'
import { formatMoney } from '../format/formatAmount.ts'
import { formatTime } from '../format/formatTime.ts'

type Failed = Pick<TaskView, 'asset' | 'terms' | 'stages' | 'finishedAt'>

/** Who said it and what was paid, of a failure whose words two owners reported. */
export function confirmedSentence(failure: ChunkFailure, { asset, stages }: Failed): string {
  const { provider, failedAt, attempt, reward, stage } = failure
  const where = stages === null ? '' : `, of stage ${stage + 1}`
  const paid = `was paid ${formatMoney(reward, asset)} at ${formatTime(new Date(failedAt))} (attempt ${attempt})`
  return `Workers of two owners report these words${where}. The second, ${formatAddress(provider)}, ${paid}.`
}

/** What is known of a failed chunk of which nothing was confirmed: no word is shown that was not paid for (M12). */
export function unconfirmedSentence({ terms, stages, finishedAt }: Failed): string {
  const { maxAttempts, replicas } = terms
  const tries = `It failed at least ${maxAttempts === 1 ? 'once' : `${maxAttempts} times`}`
  const ways = replicas === 1 ? 'or workers left with it too often' : 'workers left with it, or its replicas disagree'
  const price = finishedAt === null ? 'its price comes back when the task ends' : 'its price is free again'
  const others = replicas === 1 && stages === null ? '' : ' What was accepted of its other jobs is paid.'
  return `${tries}, ${ways}. No second, established owner confirmed why, so no words are shown and nothing is paid for that: ${price}.${others}`
}
