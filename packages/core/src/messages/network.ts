import type { WorkerType } from './node.ts'

/** The public figures of the whole network, cached by the server for a moment. */
export interface NetworkStats {
  /** Nodes that gave a sign of life in time. */
  readonly online: number
  /** Nodes that hold a job. */
  readonly working: number
  readonly byType: { readonly [T in WorkerType]: number }
  readonly pendingJobs: number
  readonly processingJobs: number
  readonly tasksRunning: number
  /** Accepted chunks since midnight UTC. */
  readonly chunksToday: number
  readonly chunksTotal: number
  /** From a job's being due to its claim, in seconds; null where nothing was claimed lately. */
  readonly medianWaitSeconds: number | null
  /** The platform's present share of a chunk's price in basis points; a task freezes it at its creation. */
  readonly feeBps: number
  /** When the figures were taken, ISO 8601. */
  readonly asOf: string
}

/** One row of `get_worker_stats`, in the words of the sources (`snake_case`: it is a table). */
export interface WorkerStats {
  /** The provider's address, shortened. */
  readonly worker: string
  readonly worker_type: WorkerType
  readonly online: boolean
  readonly current_jobs: number
  readonly max_jobs: number
  readonly total_jobs_completed: number
  /** ISO 8601. */
  readonly last_seen: string
}
