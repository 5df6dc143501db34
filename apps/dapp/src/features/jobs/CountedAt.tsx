import type { TaskSummary } from '@oblivion/core'
import { useNow } from '../shell/useNow.ts'
import { countedSentence } from './countedSentence.ts'

/** "Counted 12 s ago": beside the figures of a large task, which the server counts now and then. */
export function CountedAt({ task, answeredAt }: { task: TaskSummary; answeredAt: number }) {
  const now = useNow(1000, task.countedSecondsAgo > 0)
  const sentence = countedSentence(task.countedSecondsAgo, (now - answeredAt) / 1000)
  if (sentence === null) return null
  return (
    <p
      className="text-12 text-ink-3"
      title="Counting a large task takes a while, so it is done now and then and shown to all."
    >
      {sentence}
    </p>
  )
}
