import type { TaskStatus } from './states.generated.ts'

/** The event that the database broadcasts on a task's topic, at most one each half second. A hint: re-read after it. */
export const taskDigestEvent = 'digest'

/** What the event carries. */
export interface TaskDigest {
  readonly taskId: string
  readonly status: TaskStatus
  readonly completed: number
  readonly failed: number
  readonly chunkCount: number
  /** Indexes that were completed since the digest before. */
  readonly chunks: readonly number[]
}

/** The private Realtime topic of a task; only its customer may subscribe. */
export const taskTopic = (taskId: string): string => `task:${taskId}`
