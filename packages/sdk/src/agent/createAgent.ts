import { isTransient } from '@oblivion/client'
import {
  type Done,
  type HeartbeatAnswer,
  type JobAtHand,
  OblivionError,
  type OfferedJob,
  type PauseReason,
  type Registration,
  type WorkCycleAnswer,
} from '@oblivion/core'
import type { Clock } from './Clock.ts'
import { codeOf } from './codeOf.ts'
import { computeJob } from './computeJob.ts'
import type { Host, LastWord } from './Host.ts'
import type { LoadProgram } from './loadProgram.ts'
import type { Pacer } from './Pacer.ts'
import { retryDelay } from './retryDelay.ts'

/** The server, as one registered node sees it. */
export interface NodeApi {
  readonly workCycle: (done: Done | undefined, claim: boolean, deadlineMs?: number) => Promise<WorkCycleAnswer>
  readonly heartbeat: (job: OfferedJob, progress: number, signal: AbortSignal) => Promise<HeartbeatAnswer>
  readonly saveCheckpoint: (job: OfferedJob, state: string) => Promise<unknown>
  /** The job with what lies in Storage of it: its input, its checkpoint. */
  readonly stored: (job: OfferedJob, drop: AbortSignal) => Promise<OfferedJob>
  /** Puts a result into Storage and answers where it lies; null where that was dropped. */
  readonly store: (
    job: OfferedJob,
    bytes: Uint8Array<ArrayBuffer>,
    hash: string,
    drop: AbortSignal,
  ) => Promise<string | null>
  /** The bytes of a customer's program. */
  readonly program: (hash: string) => Promise<Uint8Array<ArrayBuffer>>
  /** The release of a job as a request that can be sent without us; null where the server knows none. */
  readonly lastWord: (job: OfferedJob) => Promise<LastWord | null>
}

export interface AgentParts {
  readonly registration: Registration
  readonly connect: (registration: Registration) => NodeApi
  readonly host: Host
  readonly loadProgram: LoadProgram
  readonly pacer: Pacer
  /** Customers' own programs may run here: the owner chose it (A8). */
  readonly strangersPrograms: boolean
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
/** The longest that a server's word keeps a node from asking again. */
const MAX_WAIT_MS = 120_000
/** A rest is ended by a change of conduct, not by time. */
const LONG_MS = 3_600_000
/** What is owed in rest after a job, up to which the next job is asked for in the same call. */
const DEBT_MS = 250
/** The network may be away for about this many tries, some 4 minutes, before a finishing agent gives its result up. */
const FINISH_TRIES = 9
/** A new key is asked for at most this often: two nodes with one hardware id would take it from each other for ever. */
const REGISTER_EVERY_MS = 60_000

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
  const { host, clock, random, pacer } = parts
  let api = parts.connect(parts.registration)
  let registeredAt = clock.now()
  let leaving = false
  let stopped = false
  let nap = new AbortController()
  const dropped = new AbortController()

  const sleep = (milliseconds: number): Promise<void> => {
    nap = new AbortController()
    return leaving ? Promise.resolve() : clock.sleep(milliseconds, nap.signal)
  }

  const registerAnew = async (error: unknown): Promise<void> => {
    const refused = error instanceof OblivionError && (error.code === 'OB003' || error.code === 'OB004')
    if (!refused || clock.now() - registeredAt < REGISTER_EVERY_MS) throw error
    registeredAt = clock.now()
    const registration = await host.register()
    if (!registration) throw error
    api = parts.connect(registration)
  }

  const report = (job: OfferedJob, done: Done, { accepted, reason }: WorkCycleAnswer): void => {
    host.emit({
      type: 'report',
      report: {
        ...shownOf(job),
        outcome: done.outcome,
        accepted: accepted === true,
        reason,
        seconds: (done.metrics?.elapsedMs ?? 0) / 1000,
      },
    })
  }

  let offline = false
  let told: PauseReason | null = null
  /** Says why the worker rests, or that it goes on, where that has changed. */
  const tellRest = (): void => {
    const reason = pacer.conduct().hold ?? (offline ? 'offline' : null)
    if (reason === told) return
    told = reason
    host.emit(reason === null ? { type: 'resume' } : { type: 'pause', reason })
  }
  let rested = pacer.pace() === 0
  const unfollow = pacer.onChange(() => {
    tellRest()
    if (rested !== (pacer.pace() === 0)) nap.abort()
    rested = pacer.pace() === 0
  })

  const loop = async (): Promise<void> => {
    let held: OfferedJob | undefined
    let done: Done | undefined
    let fatal: unknown
    let failures = 0
    /** Jobs in a row that could not be computed by no fault of theirs. */
    let faults = 0
    let debt = 0

    const letGo = (): void => {
      held = undefined
      done = undefined
      host.hold(null)
      host.emit({ type: 'end' })
    }

    while (done || !leaving) {
      const rests = pacer.pace() === 0
      if (!done && rests) {
        tellRest()
        await sleep(LONG_MS)
        continue
      }
      let answer: WorkCycleAnswer
      try {
        answer = await api.workCycle(done, !leaving && !rests && debt < DEBT_MS, stopped ? STOP_DEADLINE_MS : undefined)
      } catch (error) {
        if (stopped) break
        if (!isTransient(error)) {
          const code = codeOf(error)
          // A report that the server cannot read (nested too deep, a NUL), or that cannot be written down (OB201: a
          // RangeError), is its program's doing: taken for a fault of ours, one job would end every worker that gets it.
          if (held && done && /^OB(005|104|201)$/.test(code) && !(done.outcome === 'failed' && done.error === code)) {
            done = { jobId: held.jobId, attempt: held.attempt, outcome: 'failed', error: code }
          } else await registerAnew(error)
          continue
        }
        failures++
        if (leaving && failures > FINISH_TRIES) break
        if (failures === 2 && !held) {
          offline = true
          tellRest()
        }
        const wait = retryDelay(failures, random)
        // A result at hand is worth the wait even on finishing; stopping ends it.
        await (done ? clock.sleep(wait, dropped.signal) : sleep(wait))
        continue
      }
      failures = 0
      offline = false
      tellRest()
      if (held && done) {
        report(held, done, answer)
        letGo()
      }
      if (answer.job === null) {
        const wait = debt < DEBT_MS ? answer.retryMs : debt
        debt = 0
        await sleep(Math.min(MAX_WAIT_MS, Math.max(100, wait)))
        continue
      }
      held = answer.job
      // Before anybody hears of the job: who sees it may leave.
      host.hold(await api.lastWord(held))
      host.emit({ type: 'claim', job: shownOf(held) })
      const { program } = held
      // What is not computed is given back, so that another node does it.
      done = { jobId: held.jobId, attempt: held.attempt, outcome: 'released' }
      // The answer to a poll that was under way when somebody asked to leave; or a server that ignores what this node said.
      if (leaving || (program.kind !== 'builtin' && !program.reviewed && !parts.strangersPrograms)) continue
      try {
        const computed = await computeJob(parts, api, held, dropped.signal)
        done = computed.done
        debt += computed.debt
        faults = 0
      } catch (error) {
        // Not the program's fault.
        if (isTransient(error)) {
          // The next one would meet the same: without a pause each costs its owner a claim, and the server two calls.
          debt += retryDelay(++faults, random)
        } else {
          fatal = error
          leaving = true
        }
      }
      if (!done) letGo()
    }
    if (held) letGo()
    if (fatal !== undefined) throw fatal
  }

  const run = async (): Promise<void> => {
    try {
      await loop()
    } catch (error) {
      host.hold(null)
      host.emit({ type: 'fail', code: codeOf(error) })
    }
    unfollow()
    await host.kill()
  }
  const over = run()

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
