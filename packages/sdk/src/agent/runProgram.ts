import {
  canonicalText,
  type OfferedJob,
  ProgramFailedError,
  ProgramTimeoutError,
  ProgramUnknownError,
  type ResultOrUrl,
  ResultTooLargeError,
  SandboxBlockedError,
  SandboxDiedError,
} from '@oblivion/core'
import type { Pulse } from '../sandbox/messages.ts'
import type { Clock } from './Clock.ts'
import { followPace } from './followPace.ts'
import type { Host } from './Host.ts'
import type { LoadedProgram } from './loadProgram.ts'
import type { Pacer } from './Pacer.ts'

export interface ProgramRun {
  readonly job: OfferedJob
  readonly host: Host
  readonly clock: Clock
  readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>
  /** The job's program, or null where this build has no built-in of that name. */
  readonly loadProgram: () => Promise<LoadedProgram | null>
  readonly pacer: Pacer
  readonly onPulse: (pulse: Pulse) => void
  /** For a result that no report carries: where it lies now, or null where that was dropped. */
  readonly store: (bytes: Uint8Array<ArrayBuffer>, hash: string) => Promise<string | null>
}

const tooLarge = (bytes: number, limit: number): ResultTooLargeError =>
  new ResultTooLargeError({ values: { bytes, limit } })

export type ProgramResult = ResultOrUrl & { readonly resultHash: string }

const limitOf = ({ limits }: OfferedJob): number => Math.max(limits.maxResultBytes, limits.maxStoredBytes)

/** What shows a program in messages: its name, or the hash that it is stored under. */
const nameOf = ({ program }: OfferedJob): string => (program.kind === 'builtin' ? program.name : program.hash)

/**
 * Four looks a second: smooth on screen. Two missed ones in a row, each after 0.8 s and the second at once, are a dead
 * sandbox: noticed 1.6 to 1.85 s after its end.
 */
const PING_MS = 250
const MISSES = 2
/** A tab never sends more, whatever a server would take. */
const MAX_LENGTH = 16 * 1024 * 1024
const utf8 = new TextEncoder()

/**
 * Runs a job's program in the sandbox and hashes what it returns; null where it was ended from outside before it was done.
 *
 * @throws {ProgramUnknownError} `OB207`, {ProgramTimeoutError} `OB208`, {ResultTooLargeError} `OB011`, {ProgramFailedError}
 *   `OB205` where the program threw or returned no JSON, {SandboxDiedError} `OB209` where it took the sandbox down: the
 *   program's fault.
 * @throws {SandboxBlockedError} `OB203`, and what `loadProgram` throws: not the program's fault.
 */
export const runProgram = async (run: ProgramRun, drop: AbortSignal): Promise<ProgramResult | null> => {
  const { job, host, clock } = run
  const program = nameOf(job)
  const loaded = await run.loadProgram()
  if (loaded === null) throw new ProgramUnknownError({ values: { program } })
  if (drop.aborted) return null
  // The same for each replica and each attempt, or their results would differ.
  const seed = await run.sha256(utf8.encode(`${job.taskId}/${job.chunkIndex}`))
  const resumed = await readCheckpoint(run)
  if (!(await host.prepare())) throw new SandboxBlockedError()
  if (drop.aborted) return null

  const maxLength = Math.min(limitOf(job), MAX_LENGTH)
  const over = new AbortController()
  const end = (): void => over.abort()
  drop.addEventListener('abort', end)
  let ended = false
  try {
    const ran = host.run({ ...loaded, input: job.input, maxLength, seed, resumed, pace: run.pacer.pace() })
    followPace(host, run.pacer, clock, over.signal, end)
    const outcome = await Promise.race([
      ran,
      clock.sleep(job.limits.timeoutSeconds * 1000, over.signal).then(() => 'timeout' as const),
      watch(run, over.signal),
    ])
    ended = outcome !== 'timeout' && outcome !== 'dead'
    if (over.signal.aborted) return null
    if (outcome === 'timeout') {
      throw new ProgramTimeoutError({ values: { program, milliseconds: job.limits.timeoutSeconds * 1000 } })
    }
    if (outcome === 'dead') throw new SandboxDiedError({ values: { program } })
    // Killed by somebody else than us: the bridge, on a stop that has not reached us yet.
    if (outcome.kind === 'killed') return null
    if (outcome.kind === 'failed') {
      throw new ProgramFailedError({ values: { program, text: outcome.error } })
    }
    if (outcome.kind === 'too_large') {
      throw tooLarge(outcome.length, maxLength)
    }
    run.onPulse({ progress: 1, rested: outcome.rested, checkpoint: null })
    return await readResult(run, outcome.text)
  } finally {
    over.abort()
    drop.removeEventListener('abort', end)
    if (!ended) await host.kill()
  }
}

/** The state to go on from; null where there is none, or other bytes than its hash says. */
const readCheckpoint = async ({ job, sha256 }: ProgramRun): Promise<unknown> => {
  const { state = '', hash } = job.checkpoint ?? {}
  return hash !== undefined && (await sha256(utf8.encode(state))) === hash ? JSON.parse(state) : null
}

/** Looks whether the sandbox still lives; `dead` where it does not. */
const watch = async ({ host, clock, onPulse }: ProgramRun, over: AbortSignal): Promise<'dead'> => {
  for (let misses = 0; misses < MISSES; ) {
    if (misses === 0) await clock.sleep(PING_MS, over)
    const pulse = over.aborted ? null : await host.ping()
    // The race is decided; this leg must not decide it again.
    if (over.aborted) return new Promise(() => {})
    if (pulse === null) misses++
    else {
      misses = 0
      onPulse(pulse)
    }
  }
  return 'dead'
}

const readResult = async ({ job, sha256, store }: ProgramRun, text: string): Promise<ProgramResult | null> => {
  const program = nameOf(job)
  const limit = limitOf(job)
  let canonical: string
  let result: unknown
  try {
    result = JSON.parse(text)
    canonical = canonicalText(result)
  } catch (cause) {
    throw new ProgramFailedError({ values: { program, text: 'The result is not JSON.' }, cause })
  }
  const bytes = utf8.encode(canonical)
  if (bytes.length > limit) throw tooLarge(bytes.length, limit)
  const resultHash = await sha256(bytes)
  if (bytes.length <= job.limits.maxResultBytes) return { result, resultHash }
  const resultUrl = await store(bytes, resultHash)
  return resultUrl === null ? null : { resultUrl, resultHash }
}
