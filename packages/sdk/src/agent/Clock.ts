/** Time as an argument, so that tests can move it. */
export interface Clock {
  /** Milliseconds of the wall clock: unlike the monotonic one it goes on while a device sleeps. */
  readonly now: () => number
  /** Returns after this time, or at once where the signal is or gets aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const wake = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, milliseconds)
      signal.addEventListener('abort', wake)
    }),
}
