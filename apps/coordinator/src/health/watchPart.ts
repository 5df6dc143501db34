import type { Part } from '../OutageError.ts'

/** Whether a part answers, and since when; `unknown` until it was asked the first time. */
export type PartHealth = { state: 'unknown' | 'ok' | 'down'; since: string | null }

/** Told of every attempt to reach a part; says a change once, however many attempts follow. */
export type PartWatch = {
  readonly health: PartHealth
  reached(): void
  lost(error: unknown): void
}

/** Keeps the state of one part. `onChange` is called when it goes away and when it is back, and at no other time. */
export function watchPart(parameters: {
  part: Part
  now: () => number
  onChange: (part: Part, state: 'ok' | 'down', error: unknown) => void
}): PartWatch {
  const { part, now, onChange } = parameters
  let health: PartHealth = { state: 'unknown', since: null }
  const change = (state: 'ok' | 'down', error?: unknown) => {
    if (health.state === state) return
    const before = health.state
    health = { state, since: new Date(now()).toISOString() }
    // The first contact is no news.
    if (before !== 'unknown' || state === 'down') onChange(part, state, error)
  }
  return {
    get health() {
      return health
    },
    reached: () => change('ok'),
    lost: (error) => change('down', error),
  }
}
