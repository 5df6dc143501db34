import { z } from '@hono/zod-openapi'
import type { Client } from '@oblivion/client'

const statuses = ['blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled'] as const
export type JobStatus = (typeof statuses)[number]
export const jobStatus = z.enum(statuses)

const text = z.string().nullable()

/** A job as `get_job` and its kin answer it: what the caller may not know is null. */
export const jobRow = z.object({
  ...{ jobId: z.string(), taskId: z.string(), chunkIndex: z.number(), stage: z.number(), type: z.string() },
  status: jobStatus,
  offered: z.boolean(),
  /** 0 to 1; null to a customer while it runs. */
  progress: z.number().nullable(),
  attempt: z.number().nullable(),
  ...{ createdAt: z.string(), startedAt: text, finishedAt: text },
  error: text,
  ...{ maxCost: text, cost: text, reward: text },
  ...{ provider: text, customer: text },
  /** Of one job that is asked for by its customer, once it is paid for; where it lies in Storage the hash alone. */
  result: z.unknown().optional(),
  resultHash: z.string().optional(),
})
export type JobRow = z.infer<typeof jobRow>

const jobList = z.object({ customer: z.string(), jobs: z.array(jobRow), more: z.boolean() })

/** Which of a customer's jobs, 50 where it is not said; an address that is not the caller's is refused (`OB002`). */
type Wanted = {
  status?: JobStatus | undefined
  taskId?: string
  limit?: number
  address?: string | undefined
}

/** The caller's jobs as a customer. */
export async function customerJobs(client: Client, { status, taskId, limit, address }: Wanted) {
  const wanted = { p_status: status, p_task_id: taskId, p_limit: limit, p_customer_address: address }
  return jobList.parse(await client.call('my_jobs', wanted))
}

export const oneJob = async (client: Client, jobId: string): Promise<JobRow> =>
  jobRow.parse(await client.call('get_job', { p_job_id: jobId }))

/** 0 to 1 as the sources have it: 0 to 100. */
export const percent = (progress: number | null): number | null =>
  progress === null ? null : Math.round(progress * 1e4) / 100
