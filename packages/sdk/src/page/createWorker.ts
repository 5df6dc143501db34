import { createClient, registerNode } from '@oblivion/client'
import {
  CallAbortedError,
  errorCatalogue,
  type JobAtHand,
  nextWorkerState,
  OblivionError,
  WorkerDiedError,
  type WorkerEvent,
  type WorkerState,
} from '@oblivion/core'
import type { AgentEvent, JobReport } from '../agent/Host.ts'
import { readToPage, type ToBridge } from '../protocol/messages.ts'
import { createEmitter } from './Emitter.ts'
import { type Bridge, openBridge } from './openBridge.ts'

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
}

export interface WorkerEvents {
  /** Every new state. */
  state: WorkerState
  /** The job at hand and its share done, 0 to 1; about four times a second. */
  progress: JobAtHand & { readonly fraction: number }
  /** The server has looked at a finished job. */
  job: JobReport
  /** Why the worker ended by itself; `state` is then `failed`. */
  error: OblivionError
}

export interface CallLimit {
  /** Ends the waiting, and the start that is waited for; a finish goes on. */
  readonly signal?: AbortSignal
}

export interface OblivionWorker {
  readonly state: WorkerState
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
    current.bridge?.close()
    if (error) {
      happen({ type: 'fail', code: error.code })
      emitter.emit('error', error)
    } else happen({ type: 'stop' })
    current.tellStarted(error ?? new CallAbortedError({ values: { call: 'start' } }))
    current.tellEnded()
  }

  const register = async (current: Run, hardwareId: string): Promise<void> => {
    const answer = (message: ToBridge): void => current.bridge?.port.postMessage(message)
    try {
      const { supabaseUrl, supabaseKey, session } = options
      const client = createClient({ supabaseUrl, supabaseKey, accessToken: session })
      const registration = await registerNode(client, { hardwareId, signal: current.opening.signal })
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
      bridge.port.postMessage({ type: 'start', hardwareId: options.hardwareId ?? null } satisfies ToBridge)
    } catch (cause) {
      close(current, asError(cause))
    }
  }

  return {
    get state() {
      return state
    },
    on: emitter.on,

    start: async ({ signal } = {}) => {
      if (signal?.aborted) throw new CallAbortedError({ values: { call: 'start' } })
      // A start on the heels of a stop begins when that one has ended.
      while (run?.leaving) await run.ended
      if (run === null) {
        run = newRun()
        happen({ type: 'start' })
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
      current.bridge.port.postMessage({ type: 'finish' } satisfies ToBridge)
      happen({ type: 'finish' })
      await orAborted(current.ended, 'finish', signal)
    },

    stop: async () => {
      const current = run
      if (current === null) return happen({ type: 'stop' })
      happen({ type: 'stop' })
      if (current.bridge === null) return close(current)
      current.leaving = true
      current.bridge.port.postMessage({ type: 'stop' } satisfies ToBridge)
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
