import type { ErrorCode } from '../errors/errorCode.ts'

/** Why a worker rests without being stopped; it goes on by itself when the reason goes. */
export type PauseReason =
  | 'asked'
  | 'hidden'
  | 'covered'
  | 'on-battery'
  | 'save-data'
  | 'page-busy'
  | 'offline'
  | 'elsewhere'

/** The job at hand, as screens need it. */
export interface JobAtHand {
  readonly jobId: string
  readonly attempt: number
  readonly taskId: string
  /** A stranger's text. */
  readonly title: string
  /** Which chunk of the task this is, from 0. */
  readonly chunkIndex: number
  readonly chunkCount: number
  readonly type: string
  /** Share done by the program's own account, 0 to 1. */
  readonly progress: number
}

/**
 * What a worker is doing.
 *
 * `idle` never started, `consenting` waits for a person's yes, `starting` loads and registers, `waiting` has no job,
 * `working` computes, `paused` rests and may hold a job, `finishing` completes the job at hand and then stops,
 * `stopped` was ended on purpose, `failed` cannot go on and says why by an error code.
 */
export type WorkerState =
  | { readonly status: 'idle' }
  | { readonly status: 'consenting' }
  | { readonly status: 'starting' }
  | { readonly status: 'waiting' }
  | { readonly status: 'working'; readonly job: JobAtHand }
  | { readonly status: 'paused'; readonly reason: PauseReason; readonly job: JobAtHand | null }
  | { readonly status: 'finishing'; readonly job: JobAtHand }
  | { readonly status: 'stopped' }
  | { readonly status: 'failed'; readonly code: ErrorCode }

export type WorkerStatus = WorkerState['status']
