import type { Clock } from './Clock.ts'
import type { Host } from './Host.ts'
import type { Pacer } from './Pacer.ts'

/** A job is kept over a rest of this length; then it is given back, since its customer waits. */
const KEEP_MS = 60_000

/**
 * Keeps a running program at the worker's pace until the signal aborts, and calls `giveUp` where that cannot be had: the
 * program does not yield to a rest, or the rest lasts too long.
 */
export const followPace = (host: Host, pacer: Pacer, clock: Clock, over: AbortSignal, giveUp: () => void): void => {
  let resting = new AbortController()
  const follow = async (): Promise<void> => {
    resting.abort()
    resting = new AbortController()
    const { signal } = resting
    const pace = pacer.pace()
    const yields = await host.pace(pace)
    if (pace > 0 || signal.aborted || over.aborted) return
    if (yields) await clock.sleep(KEEP_MS, AbortSignal.any([signal, over]))
    if (!signal.aborted && !over.aborted) giveUp()
  }
  const off = pacer.onChange(() => void follow())
  if (pacer.pace() === 0) void follow()
  over.addEventListener('abort', () => {
    off()
    resting.abort()
  })
}
