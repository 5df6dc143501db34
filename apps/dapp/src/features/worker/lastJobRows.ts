import type { Asset, Receipt, ReceiptState } from '@oblivion/core'
import type { LogEntry } from './workerLog.ts'

/** One line of the last jobs: from a receipt, or from this tab's log where there is none. */
export type LastJobRow = {
  key: string
  taskTitle: string
  /** People count from one. */
  chunk: number
  endedAt: number
  seconds: number
  /** Null where there is no receipt. */
  earned: { amount: bigint; asset: Asset } | null
  state: ReceiptState | 'released' | 'failed' | 'refused' | 'accepted'
}

/**
 * Joins what the server paid with what this tab did, by job and attempt, newest first. A job without a receipt was
 * given back, failed by its program, or came too late; one that was accepted a moment ago waits for the next reading.
 */
export function lastJobRows(log: readonly LogEntry[], receipts: readonly Receipt[], limit = 12): LastJobRow[] {
  const keyOf = ({ jobId, attempt }: { jobId: string; attempt: number }) => `${jobId} ${attempt}`
  const paid = receipts.map(
    (receipt): LastJobRow => ({
      key: keyOf(receipt),
      taskTitle: receipt.title,
      chunk: receipt.chunkIndex + 1,
      endedAt: Date.parse(receipt.acceptedAt),
      seconds: (Date.parse(receipt.acceptedAt) - Date.parse(receipt.startedAt)) / 1000,
      earned: { amount: receipt.reward, asset: receipt.asset },
      state: receipt.state,
    }),
  )
  const known = new Set(paid.map((row) => row.key))
  const unpaid = log
    .filter((entry) => !known.has(keyOf(entry)))
    .map(
      (entry): LastJobRow => ({
        key: keyOf(entry),
        taskTitle: entry.title,
        chunk: entry.chunkIndex + 1,
        endedAt: entry.endedAt,
        seconds: entry.seconds,
        earned: null,
        state: endOf(entry),
      }),
    )
  return [...paid, ...unpaid].sort((a, b) => b.endedAt - a.endedAt).slice(0, limit)
}

function endOf({ outcome, accepted }: LogEntry): LastJobRow['state'] {
  if (outcome === 'released') return 'released'
  if (!accepted) return 'refused'
  return outcome === 'failed' ? 'failed' : 'accepted'
}
