import { isTransient } from '@oblivion/client'
import {
  type Done,
  type ErrorCode,
  type HeartbeatAnswer,
  type JobAtHand,
  OblivionError,
  type OfferedJob,
  type Registration,
  type WorkCycleAnswer,
} from '@oblivion/core'
import type { Clock } from './Clock.ts'
import type { Host, JobReport, LastWord } from './Host.ts'
import { keepLease } from './keepLease.ts'
import { retryDelay } from './retryDelay.ts'
import { runProgram } from './runProgram.ts'

/** The server, as one registered node sees it. */
export interface NodeApi {
  readonly workCycle: (done: Done | undefined, claim: boolean, deadlineMs?: number) => Promise<WorkCycleAnswer>
  readonly heartbeat: (job: OfferedJob, progress: number, signal: AbortSignal) => Promise<HeartbeatAnswer>
  /** The release of a job as a request that can be sent without us. */
  readonly lastWord: (job: OfferedJob) => Promise<LastWord>
}

export interface AgentParts {
  readonly registration: Registration
  readonly connect: (registration: Registration) => NodeApi
  readonly host: Host
  readonly loadProgram: (name: string) => Promise<string | null>
  readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>
  readonly clock: Clock
  readonly random: () => number
}

export interface Agent {
  /** Completes the job at hand, takes no other, and ends. */
  readonly finish: () => Promise<void>
  /** Ends the program at once, gives the job back, and ends. */
  readonly stop: () => Promise<void>
  /** Settles when the agent is over, never rejects. */
  readonly over: Promise<void>
}

/** How long a stopping agent waits for the server to take the job back; after that the lease says it. */
const STOP_DEADLINE_MS = 2000
/** The network may be away for about this many tries, some 4 minutes, before a finishing agent gives its result up. */
const FINISH_TRIES = 9
/** A new key is asked for at most this often: two nodes with one hardware id would take it from each other for ever. */
const REGISTER_EVERY_MS = 60_000

const codeOf = (error: unknown): ErrorCode => (error instanceof OblivionError ? error.code : 'OB201')
/** What a customer's owner learns of a failed chunk: the code, and the program's own words where it has any. */
const textOf = (error: unknown): string => {
  if (!(error instanceof OblivionError)) return String(error)
  const { text } = error.values as { text?: string }
  return text === undefined ? error.code : `${error.code}: ${text}`
}

/** Faults of the program, in contrast to those of this tab or the network. */
const isProgramFault = (error: unknown): boolean =>
  ['OB011', 'OB205', 'OB207', 'OB208'].includes(error instanceof OblivionError ? error.code : '')

/** What a page gets to see of a job: neither its input nor its limits. */
const shownOf = ({
  jobId,
  attempt,
  taskId,
  title,
  type,
  chunkIndex,
  chunkCount,
}: OfferedJob): Omit<JobAtHand, 'progress'> => ({ jobId, attempt, taskId, title, type, chunkIndex, chunkCount })

/**
 * The loop of a node: ask, compute, report, and again; everything around it comes in as an argument.
 *
 * A report is repeated until the server has answered it: the server knows a repeated one by job and attempt.
 */
export const createAgent = (parts: AgentParts): Agent => {
  const { host, clock, random } = parts
  let api = parts.connect(parts.registration)
  let registeredAt = clock.now()
  let leaving = false
  let stopped = false
  let nap = new AbortController()
  const dropped = new AbortController()
  const { promise: over, resolve: tellOver } = Promise.withResolvers<void>()

  const sleep = (milliseconds: number): Promise<void> => {
    nap = new AbortController()
    return leaving ? Promise.resolve() : clock.sleep(milliseconds, nap.signal)
  }

  const registerAnew = async (error: unknown): Promise<void> => {
    const refused = error instanceof OblivionError && (error.code === 'OB003' || error.code === 'OB004')
    if (!refused || clock.now() - registeredAt < REGISTER_EVERY_MS) throw error
    registeredAt = clock.now()
    const registration = await host.register()
    if (registration === null) throw error
    api = parts.connect(registration)
  }

  /** Computes a job under its lease; undefined where nothing is to be reported, since it is not ours any more. */
  const work = async (job: OfferedJob): Promise<Done | undefined> => {
    const { jobId, attempt } = job
    let progress = 0
    let ours = true
    const drop = new AbortController()
    const computed = new AbortController()
    const abandon = (): void => drop.abort()
    dropped.signal.addEventListener('abort', abandon)
    if (dropped.signal.aborted) abandon()
    const lease = keepLease(
      {
        leaseExpiresAt: job.leaseExpiresAt,
        heartbeatMs: parts.registration.settings.heartbeatSeconds * 1000,
        beat: (signal) => api.heartbeat(job, progress, signal),
        clock,
        random,
      },
      computed.signal,
    ).then((end) => {
      if (end === 'over') return
      ours = false
      drop.abort()
    })
    // A refused key meets us at the report again, where it is dealt with.
    const settled = lease.catch(() => drop.abort())
    const from = clock.now()
    try {
      const outcome = await runProgram(
        {
          job,
          host,
          clock,
          loadProgram: parts.loadProgram,
          sha256: parts.sha256,
          onProgress: (fraction) => {
            if (fraction === progress) return
            progress = fraction
            host.emit({ type: 'progress', progress })
          },
        },
        drop.signal,
      )
      const metrics = { elapsedMs: Math.max(0, Math.round(clock.now() - from)) }
      if (outcome !== null) return { jobId, attempt, outcome: 'succeeded', ...outcome, metrics }
      return ours ? { jobId, attempt, outcome: 'released', metrics } : undefined
    } catch (error) {
      if (!isProgramFault(error)) throw error
      const metrics = { elapsedMs: Math.max(0, Math.round(clock.now() - from)) }
      return { jobId, attempt, outcome: 'failed', error: textOf(error), metrics }
    } finally {
      computed.abort()
      dropped.signal.removeEventListener('abort', abandon)
      await settled
    }
  }

  const report = (job: OfferedJob, done: Done, { accepted, reason }: WorkCycleAnswer): void => {
    const told: JobReport = {
      ...shownOf(job),
      outcome: done.outcome,
      accepted: accepted === true,
      reason,
      seconds: (done.metrics?.elapsedMs ?? 0) / 1000,
    }
    host.emit({ type: 'report', report: told })
  }

  const loop = async (): Promise<void> => {
    let held: OfferedJob | undefined
    let done: Done | undefined
    let fatal: unknown
    let failures = 0
    let offline = false

    const letGo = (): void => {
      held = undefined
      done = undefined
      host.hold(null)
      host.emit({ type: 'end' })
    }

    while (done !== undefined || !leaving) {
      let answer: WorkCycleAnswer
      try {
        answer = await api.workCycle(done, !leaving, stopped ? STOP_DEADLINE_MS : undefined)
      } catch (error) {
        if (stopped) break
        if (!isTransient(error)) {
          await registerAnew(error)
          continue
        }
        failures++
        if (leaving && failures > FINISH_TRIES) break
        if (failures === 2 && held === undefined) {
          offline = true
          host.emit({ type: 'pause', reason: 'offline' })
        }
        const wait = retryDelay(failures, random)
        // A result at hand is worth the wait even on finishing; stopping ends it.
        await (done === undefined ? sleep(wait) : clock.sleep(wait, dropped.signal))
        continue
      }
      failures = 0
      if (offline) {
        offline = false
        host.emit({ type: 'resume' })
      }
      if (held !== undefined && done !== undefined) {
        report(held, done, answer)
        letGo()
      }
      if (answer.job === null) {
        await sleep(Math.min(120_000, Math.max(100, answer.retryMs)))
        continue
      }
      held = answer.job
      host.emit({ type: 'claim', job: shownOf(held) })
      if (leaving) {
        // The answer to a poll that was under way when somebody asked to leave.
        done = { jobId: held.jobId, attempt: held.attempt, outcome: 'released' }
        continue
      }
      host.hold(await api.lastWord(held))
      try {
        done = await work(held)
      } catch (error) {
        // Not the program's fault: given back, so that another node does it.
        done = { jobId: held.jobId, attempt: held.attempt, outcome: 'released' }
        if (!isTransient(error)) {
          fatal = error
          leaving = true
        }
      }
      if (done === undefined) letGo()
    }
    if (held !== undefined) letGo()
    if (fatal !== undefined) throw fatal
  }

  const run = async (): Promise<void> => {
    try {
      await loop()
    } catch (error) {
      host.hold(null)
      host.emit({ type: 'fail', code: codeOf(error) })
    }
    await host.kill()
    tellOver()
  }
  void run()

  const leave = (): Promise<void> => {
    leaving = true
    nap.abort()
    return over
  }
  return {
    finish: leave,
    stop: () => {
      stopped = true
      dropped.abort()
      return leave()
    },
    over,
  }
}
