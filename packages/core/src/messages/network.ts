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
  /** Accepted results since midnight UTC. */
  readonly chunksToday: number
  readonly chunksTotal: number
  /** From a job's being due to its first claim, in seconds, over the results of the last hour; null where there is none. */
  readonly medianWaitSeconds: number | null
  /** Jain's index over the owners that were willing and able to work, 1 for equal shares; null with fewer than two. */
  readonly fairness: number | null
  /** The platform's present share of a chunk's price in basis points; a task freezes it at its creation. */
  readonly feeBps: number
  /** What an hour of a node that names no price costs a metered task, in the smallest unit; null by an older database. */
  readonly defaultPricePerHour: bigint | null
  /** When the figures were taken, ISO 8601. */
  readonly asOf: string
  /** How old they were when they were read, in seconds by the server's clock: a minute at most while somebody is there. */
  readonly ageSeconds: number
  /** How the figures went, by the length of the time shown. */
  readonly series: { readonly [Span in SeriesSpan]: NetworkSeries }
}

/** The last hour by the minute, the last day by 15 minutes, the last week by 2 hours. */
export type SeriesSpan = '1h' | '24h' | '7d'

/** Figures of whole buckets, the oldest first: all lists are equally long. Null is where nothing is known. */
export interface NetworkSeries {
  readonly bucketSeconds: number
  /** When the first bucket began, ISO 8601. */
  readonly from: string
  /** Results accepted in each bucket. */
  readonly accepted: readonly (number | null)[]
  /** How many different owners they came from. */
  readonly owners: readonly (number | null)[]
  /** Nodes online and at work, the mean over the bucket; null where nobody looked. */
  readonly online: readonly (number | null)[]
  readonly working: readonly (number | null)[]
  /** Of those results, in seconds; null where there was none. */
  readonly medianWaitSeconds: readonly (number | null)[]
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
