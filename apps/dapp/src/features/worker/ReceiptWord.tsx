import { type Meaning, StateMark } from '../elements/StateMark.tsx'
import type { LastJobRow } from './lastJobRows.ts'

const words: Record<LastJobRow['state'], { meaning: Meaning; word: string; title?: string }> = {
  pending: { meaning: 'wait', word: 'Pending', title: 'Accepted; not yet charged on the chain' },
  claimable: { meaning: 'work', word: 'Can be settled', title: 'A voucher covers it' },
  settled: { meaning: 'done', word: 'Settled', title: 'Paid to the wallet on the chain' },
  waiting: { meaning: 'wait', word: 'In its window', title: 'Paid by card, which its owner may still dispute' },
  ripe: { meaning: 'wait', word: 'Due', title: 'Paid by card; paid on as soon as the operator’s escrow covers it' },
  reversed: { meaning: 'fail', word: 'Taken back', title: 'Its customer’s card payment was disputed' },
  play: { meaning: 'rest', word: 'Play money', title: 'Worth nothing, and never paid out' },
  accepted: { meaning: 'wait', word: 'Accepted', title: 'Its receipt is being read' },
  released: { meaning: 'rest', word: 'Given back', title: 'The worker was stopped before it was done' },
  failed: { meaning: 'fail', word: 'Program failed', title: 'The program threw an error' },
  refused: { meaning: 'fail', word: 'Not accepted', title: 'The result came too late or did not match its hash' },
}

/** Where the money of one job is, or why there is none. */
export function ReceiptWord({ state }: { state: LastJobRow['state'] }) {
  const { meaning, word, title } = words[state]
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap text-ink-2" title={title}>
      <StateMark meaning={meaning} size={8} />
      {word}
    </span>
  )
}
