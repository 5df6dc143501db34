import type { ErrorCode } from '../errors/errorCode.ts'
import type { JobAtHand, PauseReason } from './WorkerState.ts'

/** What happens to a worker. */
export type WorkerEvent =
  /** A person has to be asked first. */
  | { readonly type: 'ask' }
  /** The person said no. */
  | { readonly type: 'refuse' }
  /** Start computing; consent was given, just now or earlier. */
  | { readonly type: 'start' }
  /** Everything is loaded and the node is registered. */
  | { readonly type: 'ready' }
  /** A job was claimed. */
  | { readonly type: 'claim'; readonly job: Omit<JobAtHand, 'progress'> }
  /** The program's own account, 0 to 1. */
  | { readonly type: 'progress'; readonly progress: number }
  /** The job at hand is over: reported, cancelled, or lost to somebody else. */
  | { readonly type: 'end' }
  | { readonly type: 'pause'; readonly reason: PauseReason }
  | { readonly type: 'resume' }
  /** Complete the job at hand, then stop. */
  | { readonly type: 'finish' }
  /** Stop now; a job at hand is given back. */
  | { readonly type: 'stop' }
  | { readonly type: 'fail'; readonly code: ErrorCode }

export type WorkerEventType = WorkerEvent['type']
