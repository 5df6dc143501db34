import { z } from '@hono/zod-openapi'
import type { Client } from '@oblivion/client'
import { canonicalJson, JobNotFoundError, ResultTooLargeError, sha256Hex } from '@oblivion/core'
import { jobRow } from './jobRow.ts'

/*
 * A node behind the doors of the sources. It is named by its hardware id (the sources' workerId, bot_id) or its UUID; the
 * sources know no attempts, so where a body names none the one that the node holds is meant.
 */

/** All that `work_cycle` tells of a job. */
const work = z.looseObject({
  ...{ jobId: z.string(), attempt: z.number(), input: z.unknown(), program: z.unknown() },
  limits: z.looseObject({ maxResultBytes: z.number() }),
})

const worker = z.object({
  nodeId: z.string(),
  provider: z.string(),
  jobs: z.array(jobRow.extend({ work: work.nullable() })),
})

/** The node with what it holds and is offered, oldest first: at most `limit` jobs, or the one that is named. */
export async function workerOf(client: Client, workerId: string, { jobId, limit }: { jobId?: string; limit?: number }) {
  const wanted = { p_worker_id: workerId, p_job_id: jobId, p_limit: limit }
  return worker.parse(await client.call('node_jobs', wanted))
}

/**
 * The job as the node holds it; one that is reserved for it is claimed first, for a source that knows no claims.
 *
 * @throws {JobNotFoundError} `OB010` where it holds none such, nor gets it
 */
export async function takeJob(client: Client, workerId: string, jobId: string) {
  const { nodeId, provider, jobs } = await workerOf(client, workerId, { jobId })
  let [job] = jobs
  if (job?.offered) {
    await client.call('claim_job_fair', { p_job_id: jobId, p_provider_address: provider })
    job = (await workerOf(client, workerId, { jobId })).jobs[0]
  }
  if (job?.work == null) throw new JobNotFoundError({ values: { jobId } })
  return { nodeId, job, work: job.work }
}

const beat = z.object({ leaseExpiresAt: z.string().nullable(), cancel: z.boolean() })

/** Progress of 0 to 100, clamped; renews the lease and says whether to drop the job. */
export async function beatFor(
  client: Client,
  parameters: {
    nodeId: string
    jobId: string
    attempt: number
    progress?: number | undefined
    metrics?: object | undefined
  },
) {
  const { nodeId, jobId, attempt, progress, metrics } = parameters
  const share = progress === undefined ? undefined : Math.min(100, Math.max(0, progress)) / 100
  const of = { p_node_id: nodeId, p_job_id: jobId, p_attempt: attempt, p_progress: share, p_metrics: metrics }
  const answer = beat.parse(await client.call('heartbeat', of))
  if (answer.leaseExpiresAt === null) throw new JobNotFoundError({ values: { jobId } })
  return answer
}

/** A sign of life of a node, which renews all that it holds; answers which jobs those are, and whether to drop them. */
export async function beatAll(client: Client, workerId: string): Promise<{ jobId: string; cancel: boolean }[]> {
  const { nodeId, jobs } = await workerOf(client, workerId, { limit: 50 })
  const held = jobs.flatMap(({ work }) => (work === null ? [] : [work]))
  if (held.length === 0) await client.call('heartbeat', { p_node_id: nodeId })
  return Promise.all(
    held.map(async ({ jobId, attempt }) => {
      const of = { p_node_id: nodeId, p_job_id: jobId, p_attempt: attempt }
      return { jobId, cancel: beat.parse(await client.call('heartbeat', of)).cancel }
    }),
  )
}

const cycle = z.object({
  job: work.nullable(),
  retryMs: z.number(),
  accepted: z.boolean().nullable(),
  reason: z.string().nullable(),
})

/** The next job for the node, or one that it holds where it may have no other and asks all the same; null where there is none. */
export async function claimFor(client: Client, workerId: string) {
  const { nodeId } = await workerOf(client, workerId, { limit: 1 })
  const { job, retryMs } = cycle.parse(await client.call('work_cycle', { p_node_id: nodeId }))
  return { job, retryMs }
}

type Report = {
  workerId: string
  jobId: string
  attempt?: number | undefined
  metrics?: object | undefined
} & ({ outcome: 'succeeded'; result: unknown } | { outcome: 'failed'; error: string | undefined })

/**
 * Ends a job. The door says the result's hash for its caller: the sources send none. Safe to repeat with `attempt`.
 *
 * @throws {JobNotFoundError} `OB010` where the attempt is not the node's any more
 * @throws {ResultTooLargeError} `OB011`
 */
export async function reportJob(client: Client, { workerId, jobId, attempt, metrics, ...end }: Report): Promise<void> {
  const { nodeId, jobs } = await workerOf(client, workerId, { jobId })
  const held = jobs.find(({ status }) => status === 'processing')?.work
  const number = attempt ?? held?.attempt
  if (number === undefined) throw new JobNotFoundError({ values: { jobId } })
  const canonical = end.outcome === 'succeeded' ? canonicalJson(end.result) : ''
  const hash = end.outcome === 'succeeded' ? { resultHash: sha256Hex(canonical) } : {}
  const p_done = { jobId, attempt: number, ...end, ...hash, ...(metrics && { metrics }) }
  const { accepted, reason } = cycle.parse(
    await client.call('work_cycle', { p_node_id: nodeId, p_done, p_claim: false }),
  )
  if (accepted) return
  if (reason === 'result_too_large' && held)
    throw new ResultTooLargeError({
      values: { bytes: Buffer.byteLength(canonical), limit: held.limits.maxResultBytes },
    })
  throw new JobNotFoundError({ values: { jobId } })
}
