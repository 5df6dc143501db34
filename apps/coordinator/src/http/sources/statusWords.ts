import type { JobRow, JobStatus } from './jobRow.ts'

/*
 * The words of each source for the status of a job. Its own for job-management; the engine keeps those of
 * fair-job-distribution, which distributed-job-processing, realtime-task-network and supabase-worker share.
 */

const jobManagement = {
  blocked: 'PENDING',
  pending: 'PENDING',
  processing: 'RUNNING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
} as const satisfies Record<JobStatus, string>

export const jobManagementWords = ['PENDING', 'ASSIGNED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const
export type JobManagementWord = (typeof jobManagementWords)[number]

/**
 * A job is `ASSIGNED` while it is offered, and after its claim until its node reports progress above 0. How far it is a
 * customer is never told while it runs (`progress` null): to it what is claimed is `RUNNING`.
 */
export const jobManagementStatus = ({
  status,
  offered,
  progress,
}: Pick<JobRow, 'status' | 'offered' | 'progress'>): JobManagementWord =>
  offered || (status === 'processing' && progress === 0) ? 'ASSIGNED' : jobManagement[status]
