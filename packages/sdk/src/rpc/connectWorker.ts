import { wrap } from 'comlink'
import { LOCKED, PULSE, PULSE_MS, UNLOCKED } from './exposeToOwner.ts'
import type { Ended, Outcome } from './Outcome.ts'
import { type CallLimits, endLine, openLine, raceCall } from './raceCall.ts'

export interface Connection<A> {
  /** Never rejects and always settles. */
  readonly call: <N extends keyof A & string>(
    name: N,
    args: A[N] extends (...args: infer P) => unknown ? P : never,
    limits?: CallLimits,
  ) => Promise<Outcome<A[N] extends (...args: never[]) => infer R ? Awaited<R> : never>>
  /** Settles when the worker is over, whoever ended it. */
  readonly ended: Promise<Ended>
  /** Terminates the worker; what waits ends as `released`. */
  readonly close: () => void
}

export interface ConnectOptions {
  /** The name that the worker was made with: also the name of the lock by which its death is noticed. */
  readonly name: string
  /** How long the worker's script may take to come up. */
  readonly startMs?: number
}

/** Counted by our own timer, so that a device that slept does not take its worker for dead. */
const SILENT_PULSES = 5

/** Any functions: comlink carries whatever is asked for, and `Connection` says what may be asked. */
// biome-ignore lint/suspicious/noExplicitAny: `never` for the result would not let the answer be typed by the method.
type Remotes = Record<string, (...args: unknown[]) => Promise<any>>

// Comlink closes the port of a proxy that was collected, so each is held as long as its connection.
const pinned = new Set<unknown>()

/**
 * Calls into a worker that can die. Comlink carries the calls; this notices the ends that comlink does not:
 * - a script that is missing or throws: the worker's `error` event;
 * - a message that cannot be read: `messageerror`;
 * - `terminate()` from elsewhere, `self.close()`, a crash: no event tells of these. The worker holds a lock while it
 *   lives (`exposeToOwner`); the browser hands it to us when it is gone, within a few milliseconds. Where locks are
 *   denied, some missed pulses tell it;
 * - a script that never comes up: `startMs`.
 */
export const connectWorker = <A>(worker: Worker, { name, startMs = 15_000 }: ConnectOptions): Connection<A> => {
  const line = openLine()
  const listening = new AbortController()
  const { promise: ended, resolve: tellEnded } = Promise.withResolvers<Ended>()
  // A message that arrives before the worker listens is lost.
  const { promise: up, resolve: tellUp } = Promise.withResolvers<void>()
  const remote = wrap<Remotes>(worker)
  pinned.add(remote)

  let pulse: ReturnType<typeof setInterval> | undefined
  let silent = 0

  const end = (reason: Ended): void => {
    if (line.over) return
    clearTimeout(starting)
    clearInterval(pulse)
    endLine(line, reason)
    listening.abort()
    pinned.delete(remote)
    worker.terminate()
    tellEnded(reason)
  }
  /** Where no lock tells of the end. */
  const listenToPulse = (): void => {
    if (!line.over) pulse = setInterval(() => ++silent > SILENT_PULSES && died('it fell silent'), PULSE_MS)
  }
  const died = (reason: string): void => end({ kind: 'died', reason })
  const starting = setTimeout(() => died('it did not start'), startMs)

  const options = { signal: listening.signal }
  worker.addEventListener(
    'error',
    (event) => {
      event.preventDefault()
      died((event as ErrorEvent).message || 'its script did not load')
    },
    options,
  )
  worker.addEventListener('messageerror', () => died('a message could not be read'), options)
  worker.addEventListener(
    'message',
    ({ data }: MessageEvent) => {
      if (data === PULSE) silent = 0
      if (data !== LOCKED && data !== UNLOCKED) return
      clearTimeout(starting)
      tellUp()
      if (data === UNLOCKED) return listenToPulse()
      // Rejected where only the worker may have it, and where the connection ends first.
      navigator.locks.request(name, options, () => died('it ended by itself')).catch(listenToPulse)
    },
    options,
  )

  return {
    call: (method, args, limits) =>
      raceCall(line, () => up.then(() => (remote[method] as Remotes[string])(...args)), limits),
    ended,
    close: () => end({ kind: 'released' }),
  }
}
