import { defaultLimits, type WorkerLimits } from '@oblivion/sdk'
import { createStore } from '../shell/createStore.ts'
import { keep, kept } from '../shell/keep.ts'

const key = 'oblivion.limits'

/** The limits that were set in this browser; what is missing or out of bounds is as it is by default. */
export function readLimits(text: string | null): WorkerLimits {
  try {
    const value = JSON.parse(text ?? '{}') as { cpu?: unknown; when?: unknown; strangersPrograms?: unknown }
    const { cpu, when, strangersPrograms } = value
    return {
      cpu: typeof cpu === 'number' && cpu >= 0.1 && cpu <= 1 ? cpu : defaultLimits.cpu,
      when: Array.isArray(when)
        ? (['visible', 'on-power'] as const).filter((word) => when.includes(word))
        : defaultLimits.when,
      strangersPrograms: strangersPrograms === true,
    }
  } catch {
    return defaultLimits
  }
}

export const limitsStore = createStore<WorkerLimits>(readLimits(kept(key)))

/** Kept on this site; a worker that runs hears of it at once. */
export function changeLimits(change: Partial<WorkerLimits>): void {
  const limits = { ...limitsStore.get(), ...change }
  keep(key, JSON.stringify(limits))
  limitsStore.set(limits)
}

export function forgetLimits(): void {
  keep(key, null)
  limitsStore.set(defaultLimits)
}
