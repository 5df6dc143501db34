import { createHash } from 'node:crypto'
import { createClient, isTransient, resumeNode } from '@oblivion/client'
import type { Registration } from '@oblivion/core'
import { systemClock } from '../agent/Clock.ts'
import { connectNode } from '../agent/connectNode.ts'
import { type Agent, createAgent } from '../agent/createAgent.ts'
import type { AgentEvent } from '../agent/Host.ts'
import { createProgramLoader, type LoadProgram, type ProgramHashes } from '../agent/loadProgram.ts'
import { createPacer } from '../agent/Pacer.ts'
import { retryDelay } from '../agent/retryDelay.ts'
import { createDenoSandbox } from './createDenoSandbox.ts'
import { findDeno } from './findDeno.ts'
import { loadLater } from './loadLater.ts'
import { openOwnFolder } from './openOwnFolder.ts'

/** What one of the node's slots has to tell; slots count from 0. A report of a failure comes with its words. */
export type ServerWorkerEvent = AgentEvent & { readonly slot: number; readonly error?: string | null }

interface ProgramText {
  readonly source: string
  /** SHA-256 of it, lower-case hex. */
  readonly hash: string
}

/** Built-in programs by name, and what customers' programs need beside themselves, each as an ES module. */
export interface ServerPrograms {
  readonly builtins: Readonly<Record<string, ProgramText>>
  readonly support: { readonly [K in 'js' | 'wasm']: ProgramText }
}

export interface ServerWorkerOptions {
  readonly supabaseUrl: string
  /** The public key. */
  readonly supabaseKey: string
  /**
   * Registers this node, or gives the registration that was kept; asked again where the server does not know its key, and,
   * after longer and longer pauses, where it could not be reached.
   */
  readonly register: (signal: AbortSignal) => Promise<Registration>
  /** Those of this package by default. */
  readonly programs?: ServerPrograms
  /** Whether customers' own programs may run here, or built-in and reviewed ones only. False by default. */
  readonly strangersPrograms?: boolean
  /** How many jobs at once; at most what the server allows this node. 1 by default. */
  readonly maxConcurrentJobs?: number
  /** What one program may have, in MiB. 512 by default. */
  readonly memoryMiB?: number
  /** The shortest time between two polls of a slot, in ms; it only lengthens what the server says. */
  readonly pollInterval?: number
  /** Path of Deno's program; the npm package's, else the one on the PATH. */
  readonly deno?: string
  readonly onEvent?: (event: ServerWorkerEvent) => void
}

export interface ServerWorkerHealth {
  readonly status: 'healthy' | 'finishing' | 'stopped' | 'failed'
  readonly nodeId: string | null
  readonly activeJobs: number
  /** Seconds since the start. */
  readonly uptime: number
}

export interface ServerWorker {
  /**
   * Registers and begins, as soon as the server can be reached; settles when the worker is over, and rejects only where it
   * could not begin.
   */
  readonly run: () => Promise<void>
  /** Takes no new job, completes those at hand, and ends. */
  readonly finish: () => Promise<void>
  /** Ends the programs at once, gives their jobs back, and ends. */
  readonly stop: () => Promise<void>
  readonly health: () => ServerWorkerHealth
}

/** The longest pause of a slot that is told but of what another slot computes: there may be room at any time. */
const MAX_FULL_WAIT_MS = 5000

const nameOf = ({ jobId, attempt }: { readonly jobId: string; readonly attempt: number }): string =>
  `${jobId} ${attempt}`

/**
 * A `server` node: the agent of a tab, several times at once, with each job in a Deno process without any permission.
 *
 * @example
 * const project = { supabaseUrl, supabaseKey }
 * const worker = createServerWorker({ ...project, register: keptNode({ ...project, nodeId, nodeSecret }) })
 * process.once('SIGTERM', () => void worker.finish())
 * await worker.run()
 */
export const createServerWorker = (options: ServerWorkerOptions): ServerWorker => {
  const { maxConcurrentJobs = 1, memoryMiB = 512, pollInterval = 0, deno = findDeno() } = options
  const leaving = new AbortController()
  const active = new Set<number>()
  /** Which attempts are in work here: who may have no other is told of one again, in case its answer was lost. */
  const atHand = new Set<string>()
  const began = performance.now()
  let status: ServerWorkerHealth['status'] = 'healthy'
  let agents: Agent[] = []
  let registration: Registration | null = null
  let renewing: Promise<Registration | null> | null = null

  /** Else the server gives a second job where the answer with the first was lost, and that one runs out. */
  const tellSlots = async ({ nodeId, nodeSecret, settings }: Registration, slots: number): Promise<void> => {
    if (slots === 0 || slots >= settings.maxJobs) return
    const { supabaseUrl, supabaseKey } = options
    const client = createClient({ supabaseUrl, supabaseKey, nodeKey: nodeSecret })
    // It works as well without: a server that is away, or too old to be told.
    await resumeNode(client, { nodeId, maxJobs: slots, signal: leaving.signal }).catch(() => {})
  }

  /** Whoever is up before the network waits for it, and so does who has to register anew while it is away. */
  const register = async (): Promise<Registration> => {
    for (let failures = 0; ; ) {
      try {
        const registered = await options.register(leaving.signal)
        if (failures > 0) options.onEvent?.({ type: 'resume', slot: 0 })
        return registered
      } catch (error) {
        if (leaving.signal.aborted || !isTransient(error)) throw error
        if (failures === 0) options.onEvent?.({ type: 'pause', reason: 'offline', slot: 0 })
        failures++
        await systemClock.sleep(retryDelay(failures, Math.random), leaving.signal)
      }
    }
  }

  /** One new key for all slots: each key ends the one before. */
  const registerAnew = async (known: Registration): Promise<Registration | null> => {
    if (registration !== null && registration.nodeSecret !== known.nodeSecret) return registration
    renewing ??= register()
      .then(async (renewed) => {
        await tellSlots(renewed, agents.length)
        return renewed
      })
      .catch(() => null)
      .finally(() => {
        renewing = null
      })
    const renewed = await renewing
    registration = renewed ?? registration
    return renewed
  }

  const slot = (first: Registration, loadProgram: LoadProgram, cacheFolder: () => string, number: number): Agent => {
    let known = first
    /** What this slot computes. */
    let mine = ''
    /** Why the last job that it reported has failed. */
    let error: string | null = null
    /** How often in a row it was told of what another one computes. */
    let full = 0
    const sandbox = createDenoSandbox({ deno, cacheFolder, memoryMiB })
    return createAgent({
      registration: first,
      connect: (current) => {
        const api = connectNode({ supabaseUrl: options.supabaseUrl, anonKey: options.supabaseKey }, current, loadLater)
        return {
          ...api,
          workCycle: async (...call) => {
            error = call[0]?.outcome === 'failed' ? call[0].error : null
            const answer = await api.workCycle(...call)
            if (answer.job === null) return { ...answer, retryMs: Math.max(answer.retryMs, pollInterval) }
            const attempt = nameOf(answer.job)
            if (!atHand.has(attempt)) {
              atHand.add(attempt)
              full = 0
              return answer
            }
            // The answer with a job asks to come back at once; here that would be so until the other slot is done.
            full++
            return {
              ...answer,
              job: null,
              retryMs: Math.max(pollInterval, Math.min(MAX_FULL_WAIT_MS, 100 * 2 ** full)),
            }
          },
        }
      },
      host: {
        ...sandbox,
        kill: async () => sandbox.kill(),
        emit: (event) => {
          if (event.type === 'claim') {
            active.add(number)
            mine = nameOf(event.job)
          }
          if (event.type === 'end') {
            active.delete(number)
            atHand.delete(mine)
          }
          if (event.type === 'fail') status = 'failed'
          options.onEvent?.({ ...event, slot: number, ...(event.type === 'report' && { error }) })
        },
        // A process is told before it ends, and then its agent gives the job back itself.
        hold: () => {},
        register: async () => {
          const renewed = await registerAnew(known)
          known = renewed ?? known
          return renewed
        },
      },
      loadProgram,
      strangersPrograms: options.strangersPrograms ?? false,
      pacer: createPacer({ cpu: 1, hold: null }),
      sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
      clock: systemClock,
      random: Math.random,
    })
  }

  const leave = async (how: 'finish' | 'stop'): Promise<void> => {
    if (status === 'healthy') status = 'finishing'
    leaving.abort()
    await Promise.all(agents.map((agent) => agent[how]()))
  }

  return {
    run: async () => {
      const first = await register().catch((error: unknown) => {
        if (!leaving.signal.aborted) throw error
        return null
      })
      if (first === null) {
        // Asked to leave before it had begun.
        status = 'stopped'
        return
      }
      registration = first
      const programs = options.programs ?? (await (await import('./ownPrograms.ts')).ownPrograms())
      const loadProgram = createProgramLoader(hashesOf(programs), async (path) => bytesOf(programs, path))
      const folder = openOwnFolder()
      try {
        const count = leaving.signal.aborted ? 0 : Math.max(1, Math.min(maxConcurrentJobs, first.settings.maxJobs))
        await tellSlots(first, count)
        agents = Array.from({ length: count }, (_, number) => slot(first, loadProgram, folder.path, number))
        await Promise.all(agents.map((agent) => agent.over))
        if (status !== 'failed') status = 'stopped'
      } finally {
        folder.remove()
      }
    },
    finish: () => leave('finish'),
    stop: () => leave('stop'),
    health: () => ({
      status,
      nodeId: registration?.nodeId ?? null,
      activeJobs: active.size,
      uptime: Math.round((performance.now() - began) / 1000),
    }),
  }
}

const hashesOf = ({ builtins, support }: ServerPrograms): ProgramHashes => ({
  builtins: Object.fromEntries(Object.entries(builtins).map(([name, { hash }]) => [name, hash])),
  js: support.js.hash,
  wasm: support.wasm.hash,
})

/** The file of a hash, as the bridge's origin would serve it. */
const bytesOf = ({ builtins, support }: ServerPrograms, path: string): Uint8Array<ArrayBuffer> => {
  const all = [...Object.values(builtins), support.js, support.wasm]
  return new TextEncoder().encode(all.find(({ hash }) => path === `programs/${hash}.js`)?.source)
}
