import { setTimeout as timeout } from 'node:timers/promises'

/** Waits, but not beyond the moment at which `signal` aborts. Never throws. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/** {@link Sleep} by the real clock. */
export const sleep: Sleep = async (ms, signal) => {
  try {
    await timeout(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
