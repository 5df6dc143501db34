import type { Pulse } from '../sandbox/messages.ts'

/** How often the share is told. */
const EVERY_MS = 1000

/**
 * The share of a core that a program used, from how long it rested: told about once a second, and 0 at its end.
 *
 * @param now Milliseconds.
 */
export const measureShare = (now: () => number, pace: () => number, tell: (cpu: number) => void) => {
  let from = now()
  let restedThen = 0
  return {
    take: ({ rested }: Pulse): void => {
      const passed = now() - from
      if (passed < EVERY_MS) return
      // A program that pauses tells its rest when it goes on.
      tell(pace() === 0 ? 0 : Math.min(1, Math.max(0, 1 - (rested - restedThen) / passed)))
      from = now()
      restedThen = rested
    },
    end: (): void => tell(0),
  }
}
