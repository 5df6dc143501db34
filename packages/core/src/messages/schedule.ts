import type { TaskDraft } from './task.ts'

/** A task to be posted again and again. It is off until it is turned on. */
export interface ScheduleDraft {
  readonly name: string
  readonly task: TaskDraft
  /** Seconds from one run to the next, at least 60; 600 where neither this nor `cron` is given. */
  readonly everySeconds?: number
  /** Five fields (minute, hour, day, month, weekday), in UTC, such as `0 6 * * 1-5`. */
  readonly cron?: string
  /** Leave a run out while the task of the one before has not ended. */
  readonly skipWhileRunning?: boolean
}

/** A schedule as its customer sees it. Times are ISO 8601. */
export interface Schedule {
  readonly scheduleId: string
  readonly name: string
  /** The title of the tasks that it posts. */
  readonly title: string
  readonly enabled: boolean
  /** One of the two is null. */
  readonly everySeconds: number | null
  readonly cron: string | null
  readonly skipWhileRunning: boolean
  /** Null while it is off. */
  readonly nextRunAt: string | null
  readonly lastRunAt: string | null
  readonly lastTaskId: string | null
  /** Why the last run posted nothing; null where it did. */
  readonly lastError: ScheduleError | null
  /** Tasks posted so far. */
  readonly runs: number
  /** Runs in a row that posted nothing; ten turn it off. */
  readonly failures: number
  readonly createdAt: string
}

export interface ScheduleError {
  /** A code of the catalogue, or of PostgreSQL. */
  readonly code: string
  readonly message: string
}

/** The answer to `run_schedule`. */
export interface ScheduleRun {
  readonly taskId: string | null
  readonly error: ScheduleError | null
}
