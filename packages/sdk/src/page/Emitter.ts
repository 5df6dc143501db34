/** Listeners by event name. */
export interface Emitter<Events> {
  /** @returns A function that takes the listener away again. */
  readonly on: <N extends keyof Events>(name: N, listener: (event: Events[N]) => void) => () => void
  readonly emit: <N extends keyof Events>(name: N, event: Events[N]) => void
}

/** A listener that throws is the host's own fault: it is reported as the host's, and disturbs nobody else. */
export const createEmitter = <Events>(): Emitter<Events> => {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>()
  return {
    on: (name, listener) => {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      return () => set.delete(listener)
    },
    emit: (name, event) => {
      for (const listener of [...(listeners.get(name) ?? [])] as ((event: unknown) => void)[]) {
        try {
          listener(event)
        } catch (error) {
          reportError(error)
        }
      }
    },
  }
}
