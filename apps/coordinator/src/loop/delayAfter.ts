const LONGEST_DELAY_MS = 10_000

/** How long a loop waits before its next turn: its own pace, doubled with each failure in a row, up to 10 s. */
export function delayAfter(everyMs: number, failures: number): number {
  if (failures === 0) return everyMs
  return Math.max(everyMs, Math.min(LONGEST_DELAY_MS, everyMs * 2 ** Math.min(failures, 16)))
}
