import type { PauseReason } from '@oblivion/core'

/** How much the worker may compute for now. */
export interface Conduct {
  /** The share of a processor core, above 0 up to 1. */
  readonly cpu: number
  /** Why it has to rest; null where it does not. */
  readonly hold: PauseReason | null
}

/** The conduct that stands, and who wants to hear of another one. */
export interface Pacer {
  readonly conduct: () => Conduct
  /** The share of a core for now; 0 where it has to rest. */
  readonly pace: () => number
  readonly set: (conduct: Conduct) => void
  readonly onChange: (listener: () => void) => () => void
}

export const createPacer = (first: Conduct): Pacer => {
  let conduct = first
  const listeners = new Set<() => void>()
  return {
    conduct: () => conduct,
    pace: () => (conduct.hold === null ? conduct.cpu : 0),
    set: (next) => {
      conduct = next
      for (const listener of [...listeners]) listener()
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
