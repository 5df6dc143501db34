import { delayAfter } from './delayAfter.ts'
import type { Sleep } from './sleep.ts'

/**
 * Does something again and again until `signal` aborts, never twice at once. A turn that fails is reported and tried
 * again, later and later; it never ends the loop.
 *
 * @param parameters.everyMs pause between the end of one turn and the start of the next
 * @param parameters.onFailure told of each failed turn, with how many failed in a row
 * @param parameters.onRecovery told of the first good turn after failed ones
 */
export async function repeat(parameters: {
  everyMs: number
  act: () => Promise<void>
  signal: AbortSignal
  sleep: Sleep
  onFailure: (error: unknown, failures: number) => void
  onRecovery: (failures: number) => void
}): Promise<void> {
  const { everyMs, act, signal, sleep, onFailure, onRecovery } = parameters
  let failures = 0
  while (!signal.aborted) {
    try {
      await act()
      if (failures > 0) onRecovery(failures)
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      onFailure(error, failures)
    }
    await sleep(delayAfter(everyMs, failures), signal)
  }
}
