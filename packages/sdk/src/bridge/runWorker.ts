import type { PauseReason, Registration } from '@oblivion/core'
import { proxy } from 'comlink'
import type { AgentEvent, Host, LastWord } from '../agent/Host.ts'
import type { AgentApi, AgentTerms } from '../agent/main.ts'
import type { Conduct } from '../agent/Pacer.ts'
import type { HoldReason, ToBridge, ToPage } from '../protocol/messages.ts'
import { defaultLimits, type WorkerLimits } from '../protocol/WorkerLimits.ts'
import type { Connection } from '../rpc/connectWorker.ts'
import type { Sandbox } from './createSandbox.ts'

export interface WorkerParts {
  readonly send: (message: ToPage) => void
  readonly sandbox: Sandbox
  readonly startAgent: () => Connection<AgentApi>
  readonly server: { readonly supabaseUrl: string; readonly anonKey: string }
  /** Runs `held` while this tab is the browser's only worker; false where another one is and `wait` is not set. */
  readonly lock: (wait: boolean, signal: AbortSignal, held: () => Promise<void>) => Promise<boolean>
  readonly hardwareId: () => string
  /** A key for this browser's node, by somebody's session or site key; null where there is none to be had. */
  readonly register: (hardwareId: string, signal: AbortSignal) => Promise<Registration | null>
  /** Why the worker has to rest under these limits, as far as this frame sees; null where it does not. */
  readonly condition: (limits: WorkerLimits) => PauseReason | null
  readonly sendLastWord: (word: LastWord) => void
}

export interface BridgeWorker {
  readonly receive: (message: Exclude<ToBridge, { type: 'registration' }>) => void
  /** A condition may have changed. */
  readonly look: () => void
  /** The tab is going away, for good or into the back/forward cache. */
  readonly hide: () => void
  /** The tab came back from the cache: what was at work goes on, what was asked to end does not. */
  readonly show: () => void
}

/** How long a stopping agent may take until it is ended; its own deadline towards the server is 2 s. */
const STOP_MS = 3000
/** An agent that dies is started anew this often. */
const RESTARTS = 3

/** One run of the worker, from its start to its end. */
interface Session {
  readonly ending: AbortController
  readonly told: Told
  /** The latest: each registration ends the key of the one before. */
  registration?: Registration
  agent?: Connection<AgentApi> | undefined
  lastWord?: LastWord | null
  leaving?: boolean
}

/** What the page was told since it started the worker, and has to be told the end of. */
interface Told {
  ready?: boolean
  paused?: boolean
  holding?: boolean
}

/**
 * The bridge's part: one worker per browser, the agent's life, and the tab's. It computes nothing, holds no timer but the
 * one that ends a stop, and knows nothing of the server's protocol.
 */
export const runWorker = (parts: WorkerParts): BridgeWorker => {
  const { send, sandbox } = parts
  let session: Session | null = null
  let hardwareId: string | null = null
  let hidden = false
  /** The last word was a start: a tab that comes back goes on, and so does a worker that was still ending. */
  let wanted = false
  let limits = defaultLimits
  const holds = new Set<HoldReason>()
  /** What the agent was told last. */
  let shown: Conduct = { cpu: 0, hold: null }
  let told: Told = {}

  const emit = (current: Session, event: AgentEvent): void => {
    // It was asked to end, and the page has started the next one.
    if (current.told !== told) return
    if (event.type === 'ready') told.ready = true
    if (event.type === 'pause' || event.type === 'resume') told.paused = event.type === 'pause'
    if (event.type === 'claim' || event.type === 'end') told.holding = event.type === 'claim'
    send({ type: 'event', event })
  }

  const register = async (current: Session): Promise<Registration | null> => {
    hardwareId ??= parts.hardwareId()
    const registration = await parts.register(hardwareId, current.ending.signal)
    if (registration !== null) current.registration = registration
    return registration
  }

  const conduct = (): Conduct => {
    const [held = null] = holds
    return { cpu: limits.cpu, hold: held ?? parts.condition(limits) }
  }
  const look = (): void => {
    const next = conduct()
    if (next.cpu === shown.cpu && next.hold === shown.hold) return
    shown = next
    void session?.agent?.call('conduct', [next])
  }

  /**
   * Gives a held job back where the agent could not, and ends what computes. In this order: Chromium throws a page out of
   * its back/forward cache as soon as a frame is removed, and what comes after may not run (34 of 100 releases were lost).
   */
  const drop = (current: Session): void => {
    if (current.lastWord) parts.sendLastWord(current.lastWord)
    current.lastWord = null
    sandbox.kill()
    current.agent?.close()
    current.agent = undefined
    if (told.holding) emit(current, { type: 'end' })
  }

  const hostOf = (current: Session): Host => ({
    prepare: sandbox.prepare,
    run: sandbox.run,
    ping: sandbox.ping,
    pace: sandbox.pace,
    kill: async () => sandbox.kill(),
    emit: (event) => emit(current, event),
    hold: (lastWord) => {
      current.lastWord = lastWord
    },
    register: () => register(current),
  })

  const terms = (): AgentTerms => {
    shown = conduct()
    return { conduct: shown, strangersPrograms: limits.strangersPrograms }
  }

  /** Runs agents until one ends in good order. */
  const compute = async (current: Session): Promise<void> => {
    for (let deaths = 0; current.registration && !current.leaving; ) {
      const agent = parts.startAgent()
      current.agent = agent
      const host = proxy(hostOf(current)) as unknown as Parameters<AgentApi['start']>[2]
      const started = await agent.call('start', [parts.server, current.registration, host, terms()])
      const { kind } = started.kind === 'value' ? await agent.call('over', []) : started
      drop(current)
      if (kind !== 'died') return
      deaths++
      if (deaths > RESTARTS) return emit(current, { type: 'fail', code: 'OB201' })
    }
  }

  const hold = async (current: Session): Promise<void> => {
    if ((await register(current)) === null || current.leaving) return
    if (!told.ready) emit(current, { type: 'ready' })
    if (told.paused) emit(current, { type: 'resume' })
    await compute(current)
  }

  const begin = async (): Promise<void> => {
    const current: Session = { ending: new AbortController(), told }
    session = current
    const { signal } = current.ending
    try {
      if (!(await parts.lock(false, signal, () => hold(current)))) {
        // The state machine knows no rest before `ready`; the node is registered once the lock is ours.
        if (!told.ready) emit(current, { type: 'ready' })
        emit(current, { type: 'pause', reason: 'elsewhere' })
        await parts.lock(true, signal, () => hold(current))
      }
    } catch {
      // The browser refused a part, and nobody else would say so.
      emit(current, { type: 'fail', code: 'OB201' })
    }
    drop(current)
    session = null
    // What ends by itself is not begun again.
    if (!current.leaving) wanted = false
    if (wanted) go()
    else end()
  }

  /** At once, or as the end of the run before it does. */
  const go = (): void => {
    if (wanted && !hidden && session === null) void begin()
  }
  const end = (): void => {
    told = {}
    send({ type: 'ended' })
  }

  const leave = (how: 'finish' | 'stop'): void => {
    const current = session
    wanted = false
    if (current === null) {
      end()
      return
    }
    current.leaving = true
    const { agent } = current
    if (agent === undefined) {
      current.ending.abort()
      return
    }
    void agent.call(how, [], how === 'stop' ? { deadlineMs: STOP_MS } : {}).then(({ kind }) => {
      // Otherwise `compute` goes on by itself.
      if (kind !== 'value') agent.close()
    })
    // At once: whatever the program does, it is over before the agent has heard of it.
    if (how === 'stop') sandbox.kill()
  }

  return {
    receive: (message) => {
      switch (message.type) {
        case 'start':
          hardwareId = message.hardwareId
          limits = message.limits
          // Also on the heels of a stop: then it begins once that has ended.
          if (!wanted) told = {}
          wanted = true
          return go()
        case 'limits':
          limits = message.limits
          return look()
        case 'hold':
          if (message.on) holds.add(message.reason)
          else holds.delete(message.reason)
          return look()
        case 'finish':
        case 'stop':
          return leave(message.type)
      }
    },
    look,
    hide: () => {
      hidden = true
      if (session === null) return
      session.leaving = true
      drop(session)
      session.ending.abort()
    },
    show: () => {
      hidden = false
      go()
    },
  }
}
