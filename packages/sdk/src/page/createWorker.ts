import { createClient, registerNode } from '@oblivion/client'
import {
  CallAbortedError,
  errorCatalogue,
  type JobAtHand,
  nextWorkerState,
  OblivionError,
  UnsupportedBrowserError,
  WorkerDiedError,
  type WorkerEvent,
  type WorkerState,
} from '@oblivion/core'
import type { AgentEvent, JobReport } from '../agent/Host.ts'
import { readToPage, type ToBridge } from '../protocol/messages.ts'
import { clampCpu, defaultLimits, type WorkerLimits } from '../protocol/WorkerLimits.ts'
import { createEmitter } from './Emitter.ts'
import { missingParts } from './missingParts.ts'
import { type Bridge, openBridge } from './openBridge.ts'
import { watchPage } from './watchPage.ts'

export interface WorkerOptions {
  /** Base URL of the Supabase project or of the local stack. */
  readonly supabaseUrl: string
  /** The project's public (anon) key. */
  readonly supabaseKey: string
  /** Origin of the bridge, another one than this page's. */
  readonly bridgeUrl: string
  /** An access token of the signed-in wallet; asked for at each registration. It stays in the page. */
  readonly session: () => Promise<string>
  /** What tells this browser from the wallet's others; a random one that the bridge keeps, where absent. */
  readonly hardwareId?: string
  /** How much of this machine it may use, and when: half a core, on mains power, reviewed programs only, where absent. */
  readonly limits?: Partial<WorkerLimits>
}

export interface WorkerEvents {
  /** Every new state. */
  state: WorkerState
  /** The job at hand and its share done, 0 to 1; about four times a second. */
  progress: JobAtHand & { readonly fraction: number }
  /** The server has looked at a finished job. */
  job: JobReport
  /** The share of a processor core that it used in the last second, 0 to 1. */
  share: number
  /** Why the worker ended by itself; `state` is then `failed`. */
  error: OblivionError
}

export interface CallLimit {
  /** Ends the waiting, and the start that is waited for; a finish goes on. */
  readonly signal?: AbortSignal
}

export interface OblivionWorker {
  readonly state: WorkerState
  /** The node that this browser is registered as, for `explainClaim`; null before it is. */
  readonly nodeId: string | null
  readonly limits: WorkerLimits
  /**
   * Changes the limits, at once also for a program that awaits its progress, else from the next job on. Whether customers'
   * own programs may run counts from the next start on.
   */
  readonly setLimits: (limits: Partial<WorkerLimits>) => void
  /** Rests until it is resumed; a job at hand is kept for a minute. */
  readonly pause: () => void
  readonly resume: () => void
  /** @returns A function that takes the listener away again. */
  readonly on: <N extends keyof WorkerEvents>(name: N, listener: (event: WorkerEvents[N]) => void) => () => void
  /**
   * Starts computing; call it after a person has agreed. Resolves when the node is registered, or rests because another
   * tab of this browser is at work (`paused`, reason `elsewhere`): it then takes over by itself when that one ends.
   * A second call while it runs changes nothing.
   *
   * @throws {BridgeBlockedError} `OB202`, {UnsupportedBrowserError} `OB204`, {CallAbortedError} `OB103`, and what
   *   `registerNode` throws.
   */
  readonly start: (limit?: CallLimit) => Promise<void>
  /** Completes the job at hand, then stops. */
  readonly finish: (limit?: CallLimit) => Promise<void>
  /** Ends the program at once and gives the job back. */
  readonly stop: () => Promise<void>
}

/** The bridge answers a stop within 3 s; a frame that does not answer is removed with all that it runs. */
const STOP_MS = 4000

/** One life of the frame. */
interface Run {
  readonly opening: AbortController
  bridge: Bridge | null
  /** Ends the watch over the page's own thread. */
  unwatch: () => void
  /** It was asked to end. */
  leaving: boolean
  readonly started: Promise<void>
  readonly tellStarted: (error?: OblivionError) => void
  readonly ended: Promise<void>
  readonly tellEnded: () => void
}

const newRun = (): Run => {
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  // A rejection that nobody waits for is told by the `error` event.
  started.promise.catch(() => {})
  return {
    opening: new AbortController(),
    bridge: null,
    unwatch: () => {},
    leaving: false,
    started: started.promise,
    tellStarted: (error) => (error ? started.reject(error) : started.resolve()),
    ended: ended.promise,
    tellEnded: () => ended.resolve(),
  }
}

const asError = (cause: unknown): OblivionError =>
  cause instanceof OblivionError
    ? cause
    : new WorkerDiedError({ values: { part: 'page', reason: String(cause) }, cause })

/**
 * A worker in this page: computes other people's jobs in a sandbox on other origins, and is paid for it. Nothing is loaded
 * or sent before `start()`; nothing is left after `stop()`.
 *
 * @example
 * const worker = createWorker({ supabaseUrl, supabaseKey, bridgeUrl, session })
 * worker.on('state', (state) => show(state))
 * await worker.start()
 */
export const createWorker = (options: WorkerOptions): OblivionWorker => {
  const emitter = createEmitter<WorkerEvents>()
  let state: WorkerState = { status: 'idle' }
  let run: Run | null = null
  let asked = false
  let nodeId: string | null = null
  let limits: WorkerLimits = defaultLimits
  const take = (more: Partial<WorkerLimits> = {}): void => {
    limits = { ...limits, ...more }
    limits = { ...limits, cpu: clampCpu(limits.cpu) }
  }
  take(options.limits)
  const tell = (message: ToBridge): void => run?.bridge?.port.postMessage(message)

  const happen = (event: WorkerEvent): void => {
    const next = nextWorkerState(state, event)
    // Null: a message that was under way when the state changed.
    if (next === null || next === state) return
    state = next
    emitter.emit('state', state)
  }

  /** Ends a run for good; the first to call decides how. */
  const close = (current: Run, error?: OblivionError): void => {
    if (run !== current) return
    run = null
    current.opening.abort()
    current.unwatch()
    current.bridge?.close()
    if (error) {
      happen({ type: 'fail', code: error.code })
      emitter.emit('error', error)
    } else happen({ type: 'stop' })
    current.tellStarted(error ?? new CallAbortedError({ values: { call: 'start' } }))
    current.tellEnded()
  }

  /** Before anything else is made: a run itself is made of what an old browser lacks. */
  const refuseOld = (): void => {
    const missing = missingParts()
    if (missing.length === 0) return
    const error = new UnsupportedBrowserError({ values: { missing } })
    happen({ type: 'fail', code: error.code })
    emitter.emit('error', error)
    throw error
  }

  const register = async (current: Run, hardwareId: string): Promise<void> => {
    const answer = (message: ToBridge): void => current.bridge?.port.postMessage(message)
    try {
      const { supabaseUrl, supabaseKey, session } = options
      const client = createClient({ supabaseUrl, supabaseKey, accessToken: session })
      const registration = await registerNode(client, {
        hardwareId,
        ...(limits.strangersPrograms ? { capabilities: { strangersPrograms: true } } : {}),
        signal: current.opening.signal,
      })
      nodeId = registration.nodeId
      answer({ type: 'registration', registration })
    } catch (cause) {
      close(current, asError(cause))
    }
  }

  const hear = (current: Run, event: AgentEvent): void => {
    switch (event.type) {
      case 'report':
        emitter.emit('job', event.report)
        return
      case 'share':
        emitter.emit('share', event.cpu)
        return
      case 'fail':
        close(current, new OblivionError(errorCatalogue[event.code] ?? { code: event.code }))
        return
      default:
        happen(event)
        if (event.type === 'progress' && 'job' in state && state.job !== null) {
          emitter.emit('progress', { ...state.job, fraction: state.job.progress })
        }
        if (event.type === 'ready') current.tellStarted()
    }
  }

  const open = async (current: Run): Promise<void> => {
    try {
      const bridge = await openBridge(options.bridgeUrl, current.opening.signal)
      current.bridge = bridge
      bridge.lost.addEventListener('abort', () =>
        close(current, new WorkerDiedError({ values: { part: 'bridge', reason: 'its frame is gone' } })),
      )
      bridge.port.onmessage = ({ data }) => {
        const message = run === current ? readToPage(data) : null
        if (message === null) return
        if (message.type === 'register') void register(current, message.hardwareId)
        else if (message.type === 'ended') close(current)
        else hear(current, message.event)
      }
      tell({ type: 'start', hardwareId: options.hardwareId ?? null, limits })
      if (asked) tell({ type: 'hold', reason: 'asked', on: true })
      current.unwatch = watchPage((on) => tell({ type: 'hold', reason: 'page-busy', on }))
    } catch (cause) {
      close(current, asError(cause))
    }
  }

  return {
    get state() {
      return state
    },
    get nodeId() {
      return nodeId
    },
    get limits() {
      return limits
    },
    on: emitter.on,
    setLimits: (more) => {
      take(more)
      tell({ type: 'limits', limits })
    },
    pause: () => {
      asked = true
      tell({ type: 'hold', reason: 'asked', on: true })
    },
    resume: () => {
      asked = false
      tell({ type: 'hold', reason: 'asked', on: false })
    },

    start: async ({ signal } = {}) => {
      if (signal?.aborted) throw new CallAbortedError({ values: { call: 'start' } })
      // A start on the heels of a stop begins when that one has ended.
      while (run?.leaving) await run.ended
      if (run === null) {
        happen({ type: 'start' })
        refuseOld()
        run = newRun()
        void open(run)
      }
      const current = run
      const giveUp = (): void => close(current)
      signal?.addEventListener('abort', giveUp)
      await current.started.finally(() => signal?.removeEventListener('abort', giveUp))
    },

    finish: async ({ signal } = {}) => {
      const current = run
      if (current === null) return
      if (current.bridge === null) return close(current)
      current.leaving = true
      tell({ type: 'finish' })
      happen({ type: 'finish' })
      await orAborted(current.ended, 'finish', signal)
    },

    stop: async () => {
      const current = run
      if (current === null) return happen({ type: 'stop' })
      happen({ type: 'stop' })
      if (current.bridge === null) return close(current)
      current.leaving = true
      tell({ type: 'stop' })
      const deadline = setTimeout(() => close(current), STOP_MS)
      await current.ended
      clearTimeout(deadline)
    },
  }
}

const orAborted = (promise: Promise<void>, call: string, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new CallAbortedError({ values: { call } }))
    if (signal?.aborted) return giveUp()
    signal?.addEventListener('abort', giveUp)
    void promise.then(() => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    })
  })
