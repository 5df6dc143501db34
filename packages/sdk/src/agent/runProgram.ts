import {
  canonicalText,
  type OfferedJob,
  ProgramFailedError,
  ProgramTimeoutError,
  ProgramUnknownError,
  ResultTooLargeError,
  SandboxBlockedError,
} from '@oblivion/core'
import type { Clock } from './Clock.ts'
import type { Host } from './Host.ts'

export interface ProgramRun {
  readonly job: OfferedJob
  readonly host: Host
  readonly clock: Clock
  readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>
  /** The text of a built-in, or null where this build has none of that name. */
  readonly loadProgram: (name: string) => Promise<string | null>
  readonly onProgress: (fraction: number) => void
}

const tooLarge = (bytes: number, limit: number): ResultTooLargeError =>
  new ResultTooLargeError({ values: { bytes, limit } })

export interface ProgramResult {
  readonly result: unknown
  readonly resultHash: string
}

/** Four looks a second: smooth on screen, and two missed ones in a row, each after 1 s, notice a dead sandbox. */
const PING_MS = 250
const MISSES = 2
/** A tab never sends more, whatever a server would take. */
const MAX_LENGTH = 16 * 1024 * 1024
const utf8 = new TextEncoder()

const died = (program: string): ProgramFailedError =>
  new ProgramFailedError({ values: { program, text: 'sandbox ended' } })

/**
 * Runs a job's program in the sandbox and hashes what it returns; null where it was ended from outside before it was done.
 *
 * @throws {ProgramUnknownError} `OB207`, {ProgramTimeoutError} `OB208`, {ResultTooLargeError} `OB011`, {ProgramFailedError}
 *   `OB205` where the program threw, returned no JSON or took the sandbox down: the program's fault.
 * @throws {SandboxBlockedError} `OB203`, and what `loadProgram` throws: not the program's fault.
 */
export const runProgram = async (run: ProgramRun, drop: AbortSignal): Promise<ProgramResult | null> => {
  const { job, host, clock } = run
  const program = job.program.name
  const source = await run.loadProgram(program)
  if (source === null) throw new ProgramUnknownError({ values: { program } })
  if (drop.aborted) return null
  if (!(await host.prepare())) throw new SandboxBlockedError()
  if (drop.aborted) return null

  const maxLength = Math.min(job.limits.maxResultBytes, MAX_LENGTH)
  const over = new AbortController()
  const end = (): void => over.abort()
  drop.addEventListener('abort', end)
  let ended = false
  try {
    const outcome = await Promise.race([
      host.run({ source, input: job.input, maxLength }),
      clock.sleep(job.limits.timeoutSeconds * 1000, over.signal).then(() => 'timeout' as const),
      watch(run, over.signal),
    ])
    ended = outcome !== 'timeout' && outcome !== 'dead'
    // Killed by somebody else than us: the bridge, on a stop that has not reached us yet.
    if (drop.aborted || (outcome !== 'timeout' && outcome !== 'dead' && outcome.kind === 'killed')) return null
    if (outcome === 'timeout') {
      throw new ProgramTimeoutError({ values: { program, milliseconds: job.limits.timeoutSeconds * 1000 } })
    }
    if (outcome === 'dead') throw died(program)
    if (outcome.kind === 'failed') {
      throw new ProgramFailedError({ values: { program, text: outcome.error } })
    }
    if (outcome.kind === 'too_large') {
      throw tooLarge(outcome.length, maxLength)
    }
    return await readResult(run, outcome.text)
  } finally {
    over.abort()
    drop.removeEventListener('abort', end)
    if (!ended) await host.kill()
  }
}

/** Looks whether the sandbox still lives; `dead` where it does not. */
const watch = async ({ host, clock, onProgress }: ProgramRun, over: AbortSignal): Promise<'dead'> => {
  for (let misses = 0; misses < MISSES; ) {
    await clock.sleep(PING_MS, over)
    // The race is decided; this leg must not decide it again.
    if (over.aborted) return new Promise(() => {})
    const progress = await host.ping()
    if (over.aborted) return new Promise(() => {})
    if (progress === null) misses++
    else {
      misses = 0
      onProgress(progress)
    }
  }
  return 'dead'
}

const readResult = async ({ job, sha256 }: ProgramRun, text: string): Promise<ProgramResult> => {
  const program = job.program.name
  const limit = job.limits.maxResultBytes
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
  return { result, resultHash: await sha256(bytes) }
}
