/** What a job runs: a program that is part of Oblivion, by its name, or a customer's own, by its hash. */
export type Program = BuiltinProgram | JsProgram | WasmProgram

export interface BuiltinProgram {
  readonly kind: 'builtin'
  readonly name: string
}

interface OwnProgram {
  /** SHA-256 of its bytes, lower-case hex. */
  readonly hash: string
  /** An operator has read it: it may run where customers' programs may not. */
  readonly reviewed: boolean
}

/** An ES module whose default export is `(input, context) => output`. */
export interface JsProgram extends OwnProgram {
  readonly kind: 'js'
}

export interface WasmProgram extends OwnProgram {
  readonly kind: 'wasm'
  /** The most that its memory may grow to. */
  readonly maxMemoryMiB: number
}

/** A program as a task brings it: by its text, or by the hash of one that was brought before. */
export type ProgramDraft =
  | BuiltinProgram
  | ({ readonly kind: 'js' } & (
      | { readonly source: string; readonly hash?: never }
      | { readonly hash: string; readonly source?: never }
    ))
  | ({
      readonly kind: 'wasm'
      /** 1 to 1,024; 256 where absent. */
      readonly maxMemoryMiB?: number
    } & (
      | {
          /** The module in base64. */
          readonly source: string
          readonly hash?: never
        }
      | { readonly hash: string; readonly source?: never }
    ))

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
  /**
   * The input of the chunk, a JSON value; null where it lies in Storage. In a later stage of a pipeline `{input, previous}`:
   * that, and the result of the stage before, each null where it lies in Storage.
   */
  readonly input: unknown
  /**
   * Bucket and name of that, the last part being the SHA-256 of its bytes; in a later stage those of each part; null or absent
   * where all is in `input`.
   */
  readonly inputUrl?: string | StageInputUrls | null
  /** When the job is given to another node unless a heartbeat has moved it, ISO 8601. */
  readonly leaseExpiresAt: string
  readonly limits: JobLimits
  /** From where an earlier attempt can be gone on; null or absent where there is nothing, or nothing that this node may have. */
  readonly checkpoint?: Checkpoint | null
}

/** Where the parts of a later stage's input lie: null for one that is in `OfferedJob.input`. */
export interface StageInputUrls {
  readonly input: string | null
  readonly previous: string | null
}

export interface Checkpoint {
  /** JSON text, as the program gave it; absent where it lies in Storage. */
  readonly state?: string
  /** SHA-256 of the text, lower-case hex. */
  readonly hash: string
  /** Bucket and name of the text, where it lies in Storage. */
  readonly url?: string
}

export interface JobLimits {
  /** The longest run time, in seconds. */
  readonly timeoutSeconds: number
  /** The largest result that a report carries, in bytes of its canonical text. */
  readonly maxResultBytes: number
  /** The largest that may lie in Storage instead, in bytes; 0 where none may. */
  readonly maxStoredBytes: number
}

/** What a node reports about the job that it held. */
export type Done = SucceededJob | FailedJob | ReleasedJob

interface EndedJob {
  readonly jobId: string
  readonly attempt: number
  readonly metrics?: JobMetrics
}

export type SucceededJob = EndedJob & {
  readonly outcome: 'succeeded'
  /** `resultHash(result)`: SHA-256 of the RFC 8785 text, lower-case hex. */
  readonly resultHash: string
} & ResultOrUrl

/** What a program returned, or where it lies. */
export type ResultOrUrl =
  | {
      /** A JSON value. */
      readonly result: unknown
      readonly resultUrl?: never
    }
  | {
      /** Bucket and name under which this attempt has put its canonical text into Storage. */
      readonly resultUrl: string
      readonly result?: never
    }

/** The program threw; this spends one of the job's tries. */
export interface FailedJob extends EndedJob {
  readonly outcome: 'failed'
  /** The program took its whole sandbox down: counted towards its quarantine. */
  readonly reason?: 'sandbox_died'
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
