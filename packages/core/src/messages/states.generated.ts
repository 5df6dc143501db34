// Generated from the database by `pnpm generate states`. Do not edit.

/** Where a job is in the queue. From oblivion.job_fault(). */
export type JobStatus = 'blocked' | 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled'

/** Where a task is. From the check constraint of oblivion.tasks.status. */
export type TaskStatus = 'running' | 'paused' | 'completed' | 'failed' | 'cancelled'
