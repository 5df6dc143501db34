/** What a job runs. Only programs that are part of Oblivion itself, named, can be asked for so far. */
export interface Program {
  readonly kind: 'builtin'
  readonly name: string
}

/** A job that `work_cycle` has claimed for the node that asked: it holds the lease from here on. */
export interface OfferedJob {
  readonly jobId: string
  /** Counts the tries of this job from 1. The fencing token: a completion has to present it. */
  readonly attempt: number
  readonly taskId: string
  /** The customer's title of the task: a stranger's text, to be shown as text. */
  readonly title: string
  /** Which chunk of the task this is, from 0. */
  readonly chunkIndex: number
  readonly chunkCount: number
  readonly type: string
  readonly program: Program
  /** The input of the chunk, a JSON value. */
  readonly input: unknown
  /** When the job is given to another node unless a heartbeat has moved it, ISO 8601. */
  readonly leaseExpiresAt: string
  readonly limits: JobLimits
}

export interface JobLimits {
  /** The longest run time, in seconds. */
  readonly timeoutSeconds: number
  /** The largest result, in bytes of its canonical text. */
  readonly maxResultBytes: number
}

/** What a node reports about the job that it held. */
export type Done = SucceededJob | FailedJob | ReleasedJob

interface EndedJob {
  readonly jobId: string
  readonly attempt: number
  readonly metrics?: JobMetrics
}

export interface SucceededJob extends EndedJob {
  readonly outcome: 'succeeded'
  /** A JSON value. */
  readonly result: unknown
  /** `resultHash(result)`: SHA-256 of the RFC 8785 text, lower-case hex. */
  readonly resultHash: string
}

/** The program threw; this spends one of the job's tries. */
export interface FailedJob extends EndedJob {
  readonly outcome: 'failed'
  /** What the program threw, cut to 1,000 characters by the server. */
  readonly error: string
}

/** The node gives the job back unfinished; this spends no try of the job. */
export interface ReleasedJob extends EndedJob {
  readonly outcome: 'released'
}

export interface JobMetrics {
  /** Time that the program ran, in milliseconds by the node's own clock; shown, never paid by. */
  readonly elapsedMs?: number
}

/** Why a report changed nothing. `stale_attempt`: somebody else has the job by now. */
export type DoneRefusal = 'stale_attempt' | 'hash_mismatch' | 'result_too_large' | 'cancelled' | 'job_not_found'

export interface WorkCycleAnswer {
  readonly job: OfferedJob | null
  /** When to ask again, in milliseconds; it grows with the number of idle nodes. */
  readonly retryMs: number
  /** What became of the report that went with the call; null where there was none. */
  readonly accepted: boolean | null
  /** Why it was not accepted; null otherwise. */
  readonly reason: DoneRefusal | null
}

/** The answer to `work_batch`. */
export interface WorkBatchAnswer {
  /** What became of each report, in their order. */
  readonly done: readonly {
    readonly jobId: string
    readonly attempt: number
    readonly accepted: boolean
    readonly reason: DoneRefusal | null
  }[]
  readonly jobs: readonly OfferedJob[]
  readonly retryMs: number
}

/** A pending job that `next_jobs` shows to one provider for a moment, to be taken by `claim_job_fair`. */
export interface JobCandidate {
  readonly jobId: string
  readonly type: string
  readonly priority: number
  /** ISO 8601. */
  readonly createdAt: string
}
