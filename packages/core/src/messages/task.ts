import type { Program, ProgramDraft } from './job.ts'
import type { Asset } from './money.ts'
import type { WorkerType } from './node.ts'
import type { JobStatus, TaskStatus } from './states.generated.ts'

/**
 * Whole numbers from `start` (0 where absent) up to, but without, `end`, cut into pieces of `step` (1 where absent). Each
 * chunk gets one piece, `{ start, end }`, as its input.
 */
export interface InputRange {
  readonly start?: number
  readonly end: number
  readonly step?: number
}

/**
 * Inputs as a text: one JSON value a line, or CSV (RFC 4180) whose first line names the columns, so that each further
 * record is an object of texts. At most 8 MB.
 */
export interface TextInputs {
  readonly format: 'ndjson' | 'csv'
  readonly text: string
}

/** Several jobs of each chunk, never two of one owner, and how many equal results decide. */
export interface TaskTrust {
  /** 1 to 5; each is paid. */
  readonly replicas: number
  /** More than half of the replicas; the least such number where absent. */
  readonly quorum?: number
}

/** One step of a pipeline. From the second on a program gets `{ input, previous }`: the chunk's input and the result before. */
export interface StageDraft {
  readonly program: ProgramDraft
}

/**
 * What one accepted job costs, fee included, in the smallest unit; each chunk has one a stage and replica. Always the same,
 * or metered: the time that it took, by the server's clock, at the price per hour that its node had asked when it began
 * (the operator's default where it asks none), and never more than the cap.
 */
export type TaskPrice =
  | { readonly pricePerChunk: bigint; readonly metered?: never }
  | { readonly metered: { readonly maxPricePerChunk: bigint }; readonly pricePerChunk?: never }

interface TaskTerms {
  readonly title: string
  /** The most that the task may spend, in the smallest unit; held at creation, the rest comes back at the end. */
  readonly budget: bigint
  /** How many jobs may be in work at once; no limit where absent or 0. */
  readonly maxConcurrentChunks?: number
  /**
   * How often one job may fail by its program before it is given up. The last failure does not count where its node is not
   * established: where no established one is online it is tried on for up to an hour.
   */
  readonly maxAttempts?: number
  /** The longest run time of one chunk, in seconds; the operator's setting for the job type where absent. */
  readonly timeoutSeconds?: number
  /** 0 to 9; higher goes first. */
  readonly priority?: number
  /** Names that a node must have among its capabilities, with any value but null and false. */
  readonly capabilities?: readonly string[]
  /** The kinds of node that may compute it; all where absent. */
  readonly workerTypes?: readonly WorkerType[]
  /**
   * The highest price per hour that a node may ask, in the smallest unit; a node without a price asks for none. Where the
   * task is metered, no hour costs more than this either.
   */
  readonly maxPricePerHour?: bigint
  readonly trust?: TaskTrust
  /** The money that pays it; tokens where absent. */
  readonly asset?: Asset
  /** Whether each job is offered to one provider for 30 s before it is open to all: the cheaper first, then the less busy. */
  readonly assign?: boolean
  /** The customer has been told that program and inputs are seen in clear by strangers' machines, and agrees. */
  readonly acknowledgeVisible: true
}

/** What stands among a task's inputs for one that lies in Storage, in its customer's folder. */
export interface StoredInput {
  /** SHA-256 of its canonical JSON, lower-case hex. */
  readonly $stored: string
}

/** What a customer orders: one chunk per input, computed by one program or by the stages of a pipeline. */
export type TaskDraft = TaskTerms &
  TaskPrice &
  (
    | { readonly program: ProgramDraft; readonly pipeline?: never }
    | { readonly pipeline: readonly StageDraft[]; readonly program?: never }
  ) &
  (
    | { readonly inputs: readonly unknown[] | TextInputs; readonly range?: never }
    | { readonly range: InputRange; readonly inputs?: never }
  )

export interface CreatedTask {
  readonly taskId: string
  readonly chunkCount: number
  /** How many chunks can be claimed at once; the rest follows within seconds. */
  readonly plannedCount: number
  readonly terms: TaskTermsHeld
  readonly estimate: TaskEstimate
  /** Where the task asked for `assign`; null otherwise. */
  readonly assigned: Assignment | null
}

/** The jobs of a new task that are offered to one provider each, and to whom; 0 where nobody was available. */
export interface Assignment {
  readonly jobs: number
  /** Shortened addresses, without which chunk is whose. */
  readonly providers: readonly string[]
  /** When what was not taken is open to all; null where nothing is offered. */
  readonly until: string | null
}

/** The settings of a task as they hold, whatever was asked for. */
export interface TaskTermsHeld {
  /** Null: no limit. */
  readonly maxConcurrentChunks: number | null
  readonly maxAttempts: number
  readonly timeoutSeconds: number
  readonly priority: number
  readonly replicas: number
  readonly quorum: number
  /** Whether an accepted job is paid by its time, up to the price per chunk, or by that price whatever it took. */
  readonly metered: boolean
}

/** A stage of a pipeline and how far it is; `counts` are chunks. */
export interface TaskStage {
  readonly type: string
  readonly program: Program
  readonly counts: { readonly [S in JobStatus]: number }
}

/** What a task will cost and when it will be done, from its own results so far. */
export interface TaskForecast {
  /** How many results it rests on, 200 at most. */
  readonly pilots: number
  readonly secondsPerChunk: number
  /** ISO 8601; null while nobody works on it. */
  readonly finish: { readonly earliest: string; readonly likely: string; readonly latest: string } | null
  /** Of the whole task, in the smallest unit. */
  readonly cost: { readonly low: bigint; readonly likely: bigint; readonly high: bigint }
}

/**
 * Why a task is paused: its customer asked for that, or for a withdrawal; settlement is halted; its replicas disagree; or its
 * program was stopped.
 */
export type PausedReason = 'customer' | 'exit' | 'halted' | 'non_deterministic' | 'program_stopped'

/** What a node must be like to compute a task, by its own word; null where it does not matter. */
export interface TaskNeeds {
  readonly capabilities: readonly string[] | null
  readonly workerTypes: readonly WorkerType[] | null
  /** In the smallest unit. */
  readonly maxPricePerHour: bigint | null
}

/** What the task costs if every chunk is accepted, in the smallest unit; of a metered one the most that it can cost. */
export interface TaskEstimate {
  /** Price times jobs (chunks, stages and replicas): `fee + reward`. */
  readonly cost: bigint
  readonly fee: bigint
  readonly reward: bigint
}

/** A task in the list of its customer. */
export interface TaskSummary {
  readonly taskId: string
  readonly title: string
  readonly type: string
  readonly status: TaskStatus
  /** Null where it is not paused. */
  readonly pausedReason: PausedReason | null
  /** The money that pays it: that of all its amounts. */
  readonly asset: Asset
  /** The first stage's. */
  readonly program: Program
  /** The stages of a pipeline; null where there is one. */
  readonly stages: readonly TaskStage[] | null
  /** ISO 8601. */
  readonly createdAt: string
  /** ISO 8601; null while it runs or is paused. */
  readonly finishedAt: string | null
  /** How long before it answered the server had counted chunks and money, in seconds: above 0 where a task is large. */
  readonly countedSecondsAgo: number
  readonly chunkCount: number
  /** How many chunks are planned by now; those of a large task follow in ticks, and until then count as blocked. */
  readonly plannedCount: number
  readonly counts: { readonly [S in JobStatus]: number }
  /** All amounts in the smallest unit. `budget = spent + held + returned`. */
  readonly budget: bigint
  readonly spent: bigint
  /** What may still be spent; 0 at the end. */
  readonly held: bigint
  /** Of one accepted job; where it is metered the most that one can cost. */
  readonly pricePerChunk: bigint
  readonly metered: boolean
  /** The platform's share in basis points, frozen at creation. */
  readonly feeBps: number
  readonly terms: TaskTermsHeld
  readonly needs: TaskNeeds
}

/** One task with the state of each of its chunks. */
export interface TaskView extends TaskSummary {
  /** One letter a chunk, by index; see `chunkStateOf`. */
  readonly chunks: string
  /** Null before the first three results and after the end. */
  readonly forecast: TaskForecast | null
}

/** The answer to `pause_task` and `resume_task`: a task that has ended stays as it is. */
export interface PausedTask {
  readonly status: TaskStatus
}

export interface CancelledTask {
  readonly status: TaskStatus
  /** What went back to the customer's free balance by this call, in the smallest unit. */
  readonly refunded: bigint
}

/** What is believed of a result: nothing without replicas; valid by the quorum, inconclusive where replicas disagree. */
export type Verdict = 'unchecked' | 'valid' | 'invalid' | 'inconclusive'

/** An accepted result. A chunk has one, or where its replicas disagree each that was paid. */
export interface ChunkResult {
  readonly chunkIndex: number
  readonly input: unknown
  /** What the program returned, a JSON value: a stranger's data, to be shown as data. Null where it lies in Storage. */
  readonly result: unknown
  /** The size of a result that lies in Storage, to be had by its hash; null where `result` is all of it. */
  readonly storedBytes: number | null
  /** SHA-256 of the RFC 8785 text of `result`, lower-case hex. */
  readonly resultHash: string
  readonly verdict: Verdict
  /** Who computed it, a lower-case address. */
  readonly provider: string
  readonly attempt: number
  /** ISO 8601. */
  readonly acceptedAt: string
  /** What the provider earned by it, in the smallest unit. */
  readonly reward: bigint
}

/** A job that failed for good in words that a second owner confirmed, and that are paid for as a result is. */
export interface ChunkFailure {
  readonly chunkIndex: number
  /** Of a pipeline, from 0. */
  readonly stage: number
  /** What the program threw, at most 1 kB: a stranger's text, to be shown as data. */
  readonly error: string
  /** SHA-256 of the RFC 8785 text of `error`, lower-case hex: what its receipt is of. */
  readonly errorHash: string
  /** Who confirmed it and was paid, a lower-case address. */
  readonly provider: string
  readonly attempt: number
  /** ISO 8601. */
  readonly failedAt: string
  /** What the provider earned by it, in the smallest unit. */
  readonly reward: bigint
}

/** One try of a job of a chunk: all that may be known of it. */
export interface ChunkAttempt {
  /** Of a pipeline, from 0. */
  readonly stage: number
  /** Counts the tries of one job from 1; of the replicas of a chunk each has its own count. */
  readonly attempt: number
  /** Who: the same number is the same owner, within this chunk and nowhere else. */
  readonly worker: number
  /** ISO 8601, to the second; until its job is paid for to the minute, and without seconds (`2026-11-29T15:00Z`). */
  readonly startedAt: string
  /** As `startedAt`. Null while it runs. */
  readonly endedAt: string | null
  /** Null while it runs. `expired`: its node went offline; `released`: given back; `rejected`: what came was no
   *  result, which is `failed` until its job is paid for. */
  readonly outcome: 'succeeded' | 'failed' | 'expired' | 'released' | 'rejected' | null
  /** Why it failed, by a code of the worker (`OB205`); null where none was given, or nobody is paid for its job (yet). */
  readonly code: string | null
  readonly verdict: Verdict | null
  /** A lower-case address, where its result or its failure is shown elsewhere; null otherwise. */
  readonly provider: string | null
  /** What the provider earned by it, in the smallest unit; null where nothing. */
  readonly reward: bigint | null
}

export interface ChunkAttempts {
  /** The newest, oldest first. */
  readonly attempts: readonly ChunkAttempt[]
  /** Whether there are older ones. */
  readonly more: boolean
}

export interface FailurePage {
  /** By ascending index. */
  readonly failures: readonly ChunkFailure[]
  /** Pass it as `after` for the next page; null where nothing is left so far. */
  readonly next: number | null
}

export interface TaskInput {
  /** From 0. */
  readonly chunkIndex: number
  /** As it was posted; `{ $stored }` where it lies in Storage. */
  readonly input: unknown
}

export interface InputPage {
  /** By ascending index. */
  readonly inputs: readonly TaskInput[]
  /** Pass it as `after` for the next page; null where nothing is left. */
  readonly next: number | null
}

export interface ResultPage {
  /** By ascending index. */
  readonly results: readonly ChunkResult[]
  /** Pass it as `after` for the next page; null where nothing is left so far. */
  readonly next: number | null
}
