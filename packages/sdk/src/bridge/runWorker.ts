import type { Registration } from '@oblivion/core'
import { proxy } from 'comlink'
import type { AgentEvent, Host, LastWord } from '../agent/Host.ts'
import type { AgentApi } from '../agent/main.ts'
import type { ToBridge, ToPage } from '../protocol/messages.ts'
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
  readonly sendLastWord: (word: LastWord) => void
}

export interface BridgeWorker {
  readonly receive: (message: ToBridge) => void
  /** The tab is going away, for good or into the back/forward cache. */
  readonly hide: () => void
  /** The tab came back from the cache. */
  readonly show: () => void
}

/** How long a stopping agent may take until it is ended; its own deadline towards the server is 2 s. */
const STOP_MS = 3000
/** An agent that dies is started anew this often. */
const RESTARTS = 3

/** One run of the worker, from its start to its end. */
interface Session {
  readonly ending: AbortController
  agent: Connection<AgentApi> | null
  lastWord: LastWord | null
  /** Takes the page's answer to `register`. */
  answer: ((registration: Registration | null) => void) | null
  leaving: boolean
}

/** What the page was told and has to be told the end of. */
interface Told {
  ready: boolean
  paused: boolean
  holding: boolean
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
  let told: Told = { ready: false, paused: false, holding: false }

  const emit = (event: AgentEvent): void => {
    if (event.type === 'ready') told.ready = true
    if (event.type === 'pause' || event.type === 'resume') told.paused = event.type === 'pause'
    if (event.type === 'claim' || event.type === 'end') told.holding = event.type === 'claim'
    send({ type: 'event', event })
  }

  const askPage = (current: Session): Promise<Registration | null> => {
    current.answer?.(null)
    const { promise, resolve } = Promise.withResolvers<Registration | null>()
    current.answer = resolve
    if (current.ending.signal.aborted) resolve(null)
    current.ending.signal.addEventListener('abort', () => resolve(null))
    hardwareId ??= parts.hardwareId()
    send({ type: 'register', hardwareId })
    return promise
  }

  /** Ends what computes; gives a held job back where the agent could not. */
  const drop = (current: Session): void => {
    sandbox.kill()
    current.agent?.close()
    current.agent = null
    if (current.lastWord !== null) parts.sendLastWord(current.lastWord)
    current.lastWord = null
    if (told.holding) emit({ type: 'end' })
  }

  const hostOf = (current: Session): Host => ({
    prepare: sandbox.prepare,
    run: sandbox.run,
    ping: sandbox.ping,
    kill: async () => sandbox.kill(),
    emit,
    hold: (lastWord) => {
      current.lastWord = lastWord
    },
    register: () => askPage(current),
  })

  /** Runs agents until one ends in good order. */
  const compute = async (current: Session, registration: Registration): Promise<void> => {
    for (let deaths = 0; !current.leaving; ) {
      const agent = parts.startAgent()
      current.agent = agent
      const host = proxy(hostOf(current)) as unknown as Parameters<AgentApi['start']>[2]
      const started = await agent.call('start', [parts.server, registration, host])
      const { kind } = started.kind === 'value' ? await agent.call('over', []) : started
      drop(current)
      if (kind !== 'died') return
      deaths++
      if (deaths > RESTARTS) return emit({ type: 'fail', code: 'OB201' })
    }
  }

  const hold = async (current: Session): Promise<void> => {
    const registration = await askPage(current)
    if (registration === null || current.leaving) return
    if (!told.ready) emit({ type: 'ready' })
    if (told.paused) emit({ type: 'resume' })
    await compute(current, registration)
  }

  const begin = async (): Promise<void> => {
    const current: Session = {
      ending: new AbortController(),
      agent: null,
      lastWord: null,
      answer: null,
      leaving: false,
    }
    session = current
    const { signal } = current.ending
    if (!(await parts.lock(false, signal, () => hold(current)))) {
      // The state machine knows no rest before `ready`; the node is registered once the lock is ours.
      if (!told.ready) emit({ type: 'ready' })
      emit({ type: 'pause', reason: 'elsewhere' })
      await parts.lock(true, signal, () => hold(current))
    }
    drop(current)
    session = null
    if (hidden) return
    told = { ready: false, paused: false, holding: false }
    send({ type: 'ended' })
  }

  const leave = (how: 'finish' | 'stop'): void => {
    const current = session
    if (current === null) {
      send({ type: 'ended' })
      return
    }
    current.leaving = true
    const agent = current.agent
    if (agent === null) {
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
          if (session === null) void begin()
          return
        case 'registration':
          session?.answer?.(message.registration)
          return
        case 'finish':
        case 'stop':
          return leave(message.type)
      }
    },
    hide: () => {
      if (session === null) return
      hidden = true
      session.leaving = true
      drop(session)
      session.ending.abort()
    },
    show: () => {
      if (!hidden) return
      hidden = false
      if (session === null) void begin()
    },
  }
}
