import { describeError } from '../describeError.ts'
import type { Alarms } from '../health/alarms.ts'

/** A shorter failure is said in the log alone. What runs once an hour has failed for long before it has failed often. */
const PATIENCE_MS = 300_000
const LEAST_FAILURES = 3

/** Told of each failed turn of each loop, and of the first good one after it. */
export type LoopWatch = {
  failed(loop: string, failures: number, error: unknown): void
  recovered(loop: string): void
}

/**
 * Raises `loop_failing` while a loop has failed at every turn for five minutes, outages too: a part that answers some
 * questions and never this one is no outage to its watcher.
 */
export function watchLoops(parameters: { now: () => number; alarms: Alarms }): LoopWatch {
  const { now, alarms } = parameters
  const failing = new Map<string, { sinceMs: number; failures: number; message: string }>()
  const say = () => {
    const long = [...failing].filter(
      ([, { sinceMs, failures }]) => failures >= LEAST_FAILURES && now() - sinceMs >= PATIENCE_MS,
    )
    const said = long.map(([loop, { sinceMs, message }]) => {
      const minutes = Math.floor((now() - sinceMs) / 60_000)
      return `${loop} for ${minutes} min (${message})`
    })
    alarms.set('loop_failing', said.length === 0 ? null : `Fails at every turn: ${said.join('; ')}.`)
  }
  return {
    failed(loop, failures, error) {
      const sinceMs = failing.get(loop)?.sinceMs ?? now()
      failing.set(loop, { sinceMs, failures, message: describeError(error).message })
      say()
    },
    recovered(loop) {
      failing.delete(loop)
      say()
    },
  }
}
