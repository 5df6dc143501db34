import type { Clock } from '../../src/agent/Clock.ts'

export interface ManualClock extends Clock {
  /** Moves time on, waking sleepers in order, and lets everything that follows from it happen. */
  readonly advance: (milliseconds: number) => Promise<void>
  readonly sleepers: () => number
}

/** Lets promises settle: a macrotask comes after all of their turns. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const createManualClock = (start = Date.parse('2026-01-01T00:00:00Z')): ManualClock => {
  let now = start
  const sleeping = new Set<{ readonly until: number; readonly wake: () => void }>()
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const sleeper = {
          until: now + milliseconds,
          wake: () => {
            sleeping.delete(sleeper)
            signal.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        sleeping.add(sleeper)
        signal.addEventListener('abort', sleeper.wake)
      }),
    advance: async (milliseconds) => {
      const end = now + milliseconds
      await settle()
      for (;;) {
        const [next] = [...sleeping].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)
        if (next === undefined) break
        now = next.until
        next.wake()
        await settle()
      }
      now = end
      await settle()
    },
    sleepers: () => sleeping.size,
  }
}
