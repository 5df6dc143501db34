import { createClient, registerNode } from '@oblivion/client'
import {
  CallAbortedError,
  errorCatalogue,
  InvalidInputError,
  type JobAtHand,
  nextWorkerState,
  OblivionError,
  UnsupportedBrowserError,
  WorkerDiedError,
  type WorkerEvent,
  type WorkerState,
} from '@oblivion/core'
import type { AgentEvent, JobReport } from '../agent/Host.ts'
import { readToBridge, readToPage, type ToBridge } from '../protocol/messages.ts'
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
   *
   * @throws {InvalidInputError} `OB005` where one of them is none; all stay as they were.
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
   * A second call while it runs changes nothing; one while it ends begins after that, unless a later stop or finish is the
   * last word: then it is given up as by its signal.
   *
   * @throws {InvalidInputError} `OB005` for options that are none, {WorkerDiedError} `OB201`, {BridgeBlockedError} `OB202`,
   *   {UnsupportedBrowserError} `OB204`, {CallAbortedError} `OB103`, and what `registerNode` throws.
   */
  readonly start: (limit?: CallLimit) => Promise<void>
  /** Completes the job at hand, then stops. */
  readonly finish: (limit?: CallLimit) => Promise<void>
  /** Ends the program at once and gives the job back. */
  readonly stop: () => Promise<void>
}

/** The bridge answers a stop within 3 s; a frame that does not answer is removed with all that it runs. */
const STOP_MS = 4000
/** The bridge says its next word at once, or never: it is another version's, or broken. In seconds. */
const ANSWER_SECONDS = 20

/** One life of the frame. */
interface Run {
  readonly opening: AbortController
  bridge: Bridge | null
  /** Ends the watch over the page's own thread. */
  unwatch: () => void
  /** Ends the registration under way: a tab that came back asks again, and that call ends the key of the one before. */
  asking?: AbortController
  /** Ends the waiting for a word of the bridge. */
  answer?: ReturnType<typeof setInterval>
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
  /** Aborted by a stop or a finish: what waits for the end of an earlier run is not begun any more. */
  let waiting = new AbortController()
  const dismiss = (): void => {
    waiting.abort()
    waiting = new AbortController()
  }
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
    clearInterval(current.answer)
    current.opening.abort()
    current.unwatch()
    current.bridge?.close()
    if (error) {
      happen({ type: 'fail', code: error.code })
      emitter.emit('error', error)
    } else happen({ type: 'stop' })
    current.tellStarted(error ?? givenUp('start'))
    current.tellEnded()
  }

  /** Before anything else is made: a run itself is made of what an old browser lacks, and no bridge answers nonsense. */
  const check = (): void => {
    const missing = missingParts()
    const error =
      missing.length > 0 ? new UnsupportedBrowserError({ values: { missing } }) : refused(limits, options.hardwareId)
    if (error === null) return
    happen({ type: 'start' })
    happen({ type: 'fail', code: error.code })
    emitter.emit('error', error)
    throw error
  }
  /** By our own count: a page that was frozen meanwhile hears what was said before it counts on. */
  const expectWord = (current: Run): void => {
    let seconds = 0
    clearInterval(current.answer)
    current.answer = setInterval(() => {
      if (++seconds < ANSWER_SECONDS) return
      close(current, new WorkerDiedError({ values: { part: 'bridge', reason: 'it does not answer' } }))
    }, 1000)
  }

  const register = async (current: Run, hardwareId: string): Promise<void> => {
    const answer = (message: ToBridge): void => current.bridge?.port.postMessage(message)
    current.asking?.abort()
    const asking = new AbortController()
    current.asking = asking
    try {
      const { supabaseUrl, supabaseKey, session } = options
      const client = createClient({ supabaseUrl, supabaseKey, accessToken: session })
      const registration = await registerNode(client, {
        hardwareId,
        ...(limits.strangersPrograms ? { capabilities: { strangersPrograms: true } } : {}),
        signal: AbortSignal.any([current.opening.signal, asking.signal]),
      })
      // Its answer names no question: the bridge would take it for the newer one's.
      if (asking.signal.aborted) return
      nodeId = registration.nodeId
      answer({ type: 'registration', registration })
      // Later on it has nothing to say to a new key.
      if (run === current && state.status === 'starting') expectWord(current)
    } catch (cause) {
      if (!asking.signal.aborted) close(current, asError(cause))
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
        clearInterval(current.answer)
        if (message.type === 'register') void register(current, message.hardwareId)
        else if (message.type === 'ended') close(current)
        else hear(current, message.event)
      }
      tell({ type: 'start', hardwareId: options.hardwareId ?? null, limits })
      if (asked) tell({ type: 'hold', reason: 'asked', on: true })
      expectWord(current)
      current.unwatch = watchPage((on) => tell({ type: 'hold', reason: 'page-busy', on }))
    } catch (cause) {
      close(current, asError(cause))
    }
  }

  const begin = (): Run => {
    check()
    const made = newRun()
    run = made
    happen({ type: 'start' })
    // Unless a listener has ended it.
    if (run === made) void open(made)
    return made
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
      const before = limits
      take(more)
      const error = refused(limits)
      if (error !== null) {
        limits = before
        throw error
      }
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
      if (signal?.aborted) throw givenUp('start')
      // A start on the heels of a stop begins when that one has ended.
      while (run?.leaving) {
        const gone = AbortSignal.any([waiting.signal, ...(signal ? [signal] : [])])
        await orAborted(run.ended, 'start', gone)
        if (gone.aborted) throw givenUp('start')
      }
      const current = run ?? begin()
      const giveUp = (): void => close(current)
      signal?.addEventListener('abort', giveUp)
      // By a listener.
      if (signal?.aborted) giveUp()
      await current.started.finally(() => signal?.removeEventListener('abort', giveUp))
    },

    finish: async ({ signal } = {}) => {
      dismiss()
      const current = run
      if (current === null) return
      if (current.bridge === null) return close(current)
      current.leaving = true
      tell({ type: 'finish' })
      happen({ type: 'finish' })
      await orAborted(current.ended, 'finish', signal)
    },

    stop: async () => {
      dismiss()
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

const givenUp = (call: string): CallAbortedError => new CallAbortedError({ values: { call } })

/** The error of what the bridge would not take, by its own reading; null where it takes all. */
const refused = (limits: WorkerLimits, hardwareId: string | null = null): InvalidInputError | null => {
  if (readToBridge({ type: 'start', hardwareId, limits }) !== null) return null
  const { sentence: message, hint } = errorCatalogue.OB005
  const values = readToBridge({ type: 'limits', limits })
    ? { field: 'hardwareId', reason: 'It has 1 to 200 characters.' }
    : { field: 'limits', reason: 'cpu is a number, when of visible and on-power, strangersPrograms true or false.' }
  return new InvalidInputError({ message, hint, values })
}

const orAborted = (promise: Promise<void>, call: string, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(givenUp(call))
    if (signal?.aborted) return giveUp()
    signal?.addEventListener('abort', giveUp)
    void promise.then(() => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    })
  })
