import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { getJobStats } from '@oblivion/client'
import { InvalidAmountError, InvalidInputError, parseAmount, parseUsdc } from '@oblivion/core'
import { answers, json, openDoor } from '../openDoor.ts'
import { by, callerOf, nobody } from './callerOf.ts'
import { processingJob, processingJobSchema } from './jobProcessingDoor.ts'
import { customerJobs, type JobRow, oneJob, percent } from './jobRow.ts'
import { renameFields } from './renameFields.ts'
import type { SourceAccess } from './SourceAccess.ts'
import { jobManagementStatus, jobManagementWords } from './statusWords.ts'
import { beatFor, reportJob, takeJob, workerOf } from './worker.ts'

/*
 * The doors of job-management, /api/jobs/*, with its words and fields; and `GET /api/jobs?action=` of supabase-worker, which
 * keeps the engine's words.
 */

const tags = ['job-management']
const nullable = z.string().nullable()
const jobId = z.uuid()
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
const workerId = z.string().min(1).max(200).openapi({ description: 'Its hardware id, or its UUID.' })
const attempt = z.int().positive().optional().openapi({
  description: 'Of the claim. With it a call may be repeated; without it the attempt that the worker holds is meant.',
})

const job = z
  .object({
    ...{ id: z.string(), taskId: z.string(), chunkIndex: z.number(), modelType: z.string() },
    status: z.enum(jobManagementWords),
    progress: z.number().nullable().openapi({ description: '0 to 100; null to its customer while it runs.' }),
    attempt: z.number().nullable(),
    ...{ estimatedCost: nullable, actualCost: nullable, earned: nullable },
    ...{ createdAt: z.string(), startedAt: nullable, completedAt: nullable, error: nullable },
    provider: z.object({ address: z.string() }).nullable(),
    user: z.object({ qubicAddress: z.string(), username: z.null() }).nullable(),
    result: z
      .unknown()
      .optional()
      .openapi({ description: 'To the customer who asks for this one job, once it is paid for.' }),
    resultHash: z
      .string()
      .optional()
      .openapi({ description: 'SHA-256 of its canonical JSON; alone where it lies in Storage.' }),
  })
  .openapi('ManagedJob', {
    description:
      'Costs are decimal strings of the smallest unit. What the caller may not know (yet) is null: a worker is not told whose job it is, a customer not who has it before it is paid for.',
  })

const managedJob = (row: JobRow) => ({
  ...{ id: row.jobId, taskId: row.taskId, chunkIndex: row.chunkIndex, modelType: row.type },
  status: jobManagementStatus(row),
  progress: percent(row.progress),
  attempt: row.attempt,
  ...{ estimatedCost: row.maxCost, actualCost: row.cost, earned: row.reward },
  ...{ createdAt: row.createdAt, startedAt: row.startedAt, completedAt: row.finishedAt, error: row.error },
  provider: row.provider === null ? null : { address: row.provider },
  user: row.customer === null ? null : { qubicAddress: row.customer, username: null },
  ...(row.resultHash === undefined ? {} : { result: row.result, resultHash: row.resultHash }),
})

const order = z
  .object({
    modelType: z.string().min(1).max(100).openapi({ description: 'Which program runs: a built-in one by its name.' }),
    computeNeeded: z.number().positive().max(3_600).openapi({
      description: 'Seconds of computing at most; the job is ended after them, 5 at least.',
    }),
    inputData: z.record(z.string(), z.unknown()),
    maxPrice: z.number().positive().optional().openapi({
      description:
        'USDC per hour at most, in six decimals; what a node without a price of its own is paid, where left out.',
    }),
    qubicAddress: address.optional().openapi({ description: 'The caller’s own wallet, as is its alias.' }),
    customerAddress: address.optional(),
    acknowledgeVisible: z.literal(true).openapi({
      description: 'Strangers’ machines see program and input in clear: the customer’s word that this is fine.',
    }),
    asset: z.enum(['chain', 'card', 'test']).default('chain'),
    program: z.record(z.string(), z.unknown()).optional().openapi({
      description: 'A program of the customer’s own in place of a built-in one: {kind: "js", source}.',
    }),
  })
  .refine((body) => (body.qubicAddress ?? body.customerAddress) !== undefined, { path: ['qubicAddress'] })
  .openapi('JobOrder')

const created = z.object({
  job,
  assignment: z.object({ assigned: z.boolean(), provider: nullable, until: nullable }),
  estimatedCost: z.string(),
})
const posted = z.object({
  taskId: z.string(),
  estimate: z.object({ cost: z.string() }),
  assigned: z.object({ jobs: z.number(), providers: z.array(z.string()), until: nullable }),
})
const defaults = z.object({ defaultPricePerHour: z.string() })

const work = { inputData: z.unknown(), program: z.unknown() }
const progressed = z.object({
  ...{ jobId: z.string(), status: z.enum(jobManagementWords), progress: z.number().nullable(), attempt: z.number() },
  cancel: z.boolean().openapi({ description: 'Whether to drop the job.' }),
  leaseExpiresAt: nullable,
  ...work,
})

const actions = ['pending', 'active', 'stats', 'by_brief'] as const
const counts = z.array(z.object({ type: z.string(), status: z.string(), count: z.number() }))

const routes = {
  create: createRoute({
    ...{ method: 'post', path: '/create', tags, security: by.customer, summary: 'Create a job and assign it' },
    request: { body: { ...json(order), required: true } },
    responses: answers(created, 'The job, whom it is reserved for, and what it costs at most.'),
  }),
  pending: createRoute({
    ...{ method: 'get', path: '/pending/{workerId}', tags, security: by.node },
    summary: 'What a worker is assigned or runs, at most 5, oldest first',
    request: { params: z.object({ workerId }) },
    responses: answers(z.array(job.extend(work)), 'inputData and program of those that it holds.'),
  }),
  user: createRoute({
    ...{ method: 'get', path: '/user/{qubicAddress}', tags, security: by.customer },
    summary: 'The caller’s 50 newest jobs',
    request: { params: z.object({ qubicAddress: address }) },
    responses: answers(z.array(job), 'Newest first.'),
  }),
  one: createRoute({
    ...{ method: 'get', path: '/{jobId}', tags, security: [...by.customer, ...by.node], summary: 'One job' },
    request: { params: z.object({ jobId }) },
    responses: answers(job, 'With its provider and its customer, as far as the caller may know them.'),
  }),
  progress: createRoute({
    ...{ method: 'post', path: '/{jobId}/progress', tags, security: by.node, summary: 'How far a job is' },
    request: {
      params: z.object({ jobId }),
      body: {
        ...json(
          z.object({ workerId, progress: z.number(), metrics: z.record(z.string(), z.unknown()).optional(), attempt }),
        ),
        required: true,
      },
    },
    responses: answers(progressed, 'Clamped to 0 to 100. An assigned job is claimed by its first progress.'),
  }),
  complete: createRoute({
    ...{ method: 'post', path: '/{jobId}/complete', tags, security: by.node, summary: 'End a job' },
    request: {
      params: z.object({ jobId }),
      body: {
        ...json(
          z.object({
            ...{ workerId, status: z.enum(['completed', 'failed']), attempt },
            result: z.record(z.string(), z.unknown()).optional(),
            error: z.string().max(1000).optional(),
            metrics: z.looseObject({ processingTimeSeconds: z.number().nonnegative().optional() }).optional(),
          }),
        ),
        required: true,
      },
    },
    responses: answers(
      z.object({ jobId: z.string(), status: z.enum(['COMPLETED', 'FAILED']) }),
      'Paid, or tried elsewhere. What it costs is measured by the server, whatever processingTimeSeconds says.',
    ),
  }),
  list: createRoute({
    ...{ method: 'get', path: '/', tags: ['supabase-worker'], summary: 'Jobs by what is asked for' },
    security: [...by.customer, {}],
    request: { query: z.object({ action: z.enum(actions), brief_id: z.uuid().optional() }) },
    responses: answers(
      z.object({ jobs: z.array(processingJobSchema).optional(), stats: counts.optional() }),
      'pending and active: the caller’s own; stats: everybody’s counts; by_brief: of one task.',
    ),
  }),
}

/** `/api/jobs`. */
export function jobManagementDoor({ project, log }: SourceAccess): OpenAPIHono {
  const door = openDoor({ log, failure: 'a call about jobs failed', maxBodyBytes: 1_048_576 })

  door.openapi(routes.create, async (context) => {
    const client = callerOf(project, context)
    const body = context.req.valid('json')
    // Before anything is created: whose address it is, and whether the caller may read what it creates.
    await customerJobs(client, { address: body.qubicAddress ?? body.customerAddress, limit: 1 })
    const perHour = body.maxPrice === undefined ? await defaultRate(nobody(project)) : unitsOf(body.maxPrice)
    const seconds = Math.max(5, Math.ceil(body.computeNeeded))
    const task = {
      title: body.modelType,
      ...(body.program === undefined ? { type: body.modelType } : { program: body.program }),
      inputs: [body.inputData],
      metered: { maxPricePerChunk: String((perHour * BigInt(seconds) + 3_599n) / 3_600n) },
      ...(body.maxPrice === undefined ? {} : { maxPricePerHour: String(perHour) }),
      timeoutSeconds: seconds,
      ...{ assign: true, asset: body.asset, acknowledgeVisible: true },
    }
    const { taskId, estimate, assigned } = posted.parse(
      await client.call('create_task', { p_task: task }).catch(renamed),
    )
    const [row] = (await customerJobs(client, { taskId, limit: 1 })).jobs
    if (row === undefined) throw new Error('a task of one chunk has no job')
    const assignment = {
      ...{ assigned: assigned.jobs > 0, provider: assigned.providers[0] ?? null, until: assigned.until },
    }
    return context.json({ job: managedJob(row), assignment, estimatedCost: estimate.cost }, 200)
  })

  door.openapi(routes.pending, async (context) => {
    const { workerId } = context.req.valid('param')
    const { jobs } = await workerOf(callerOf(project, context), workerId, { limit: 5 })
    const told = jobs.map(({ work, ...row }) => ({
      ...managedJob(row),
      ...{ inputData: work?.input ?? null, program: work?.program ?? null },
    }))
    return context.json(told, 200)
  })

  door.openapi(routes.user, async (context) => {
    const { qubicAddress } = context.req.valid('param')
    const { jobs } = await customerJobs(callerOf(project, context), { address: qubicAddress, limit: 50 })
    return context.json(jobs.map(managedJob), 200)
  })

  door.openapi(routes.one, async (context) =>
    context.json(managedJob(await oneJob(callerOf(project, context), context.req.valid('param').jobId)), 200),
  )

  door.openapi(routes.progress, async (context) => {
    const client = callerOf(project, context)
    const [{ jobId }, body] = [context.req.valid('param'), context.req.valid('json')]
    const { nodeId, job, work } = await takeJob(client, body.workerId, jobId)
    const number = body.attempt ?? work.attempt
    const { progress, metrics } = body
    const { cancel, leaseExpiresAt } = await beatFor(client, { nodeId, jobId, attempt: number, progress, metrics })
    const share = Math.min(100, Math.max(0, progress))
    const status = jobManagementStatus({ ...job, progress: share })
    const told = { inputData: work.input, program: work.program, attempt: number }
    return context.json({ jobId, status, progress: share, cancel, leaseExpiresAt, ...told }, 200)
  })

  door.openapi(routes.complete, async (context) => {
    const { jobId } = context.req.valid('param')
    const { status, result, error, ...more } = context.req.valid('json')
    const end =
      status === 'completed'
        ? { outcome: 'succeeded' as const, result: result ?? null }
        : { outcome: 'failed' as const, error }
    await reportJob(callerOf(project, context), { jobId, ...more, ...end })
    return context.json({ jobId, status: status === 'completed' ? ('COMPLETED' as const) : ('FAILED' as const) }, 200)
  })

  door.openapi(routes.list, async (context) => {
    const { action, brief_id } = context.req.valid('query')
    const own = async (wanted: Parameters<typeof customerJobs>[1]) =>
      (await customerJobs(callerOf(project, context), { limit: 100, ...wanted })).jobs.map(processingJob)
    switch (action) {
      case 'pending':
        return context.json({ jobs: await own({ status: 'pending' }) }, 200)
      case 'active':
        return context.json({ jobs: await own({ status: 'processing' }) }, 200)
      case 'by_brief':
        if (brief_id === undefined) throw missing('brief_id')
        return context.json({ jobs: await own({ taskId: brief_id }) }, 200)
      case 'stats':
        return context.json({ stats: await getJobStats(project, { signal: AbortSignal.timeout(15_000) }) }, 200)
    }
  })
  return door
}

const defaultRate = async (client: ReturnType<typeof nobody>): Promise<bigint> =>
  parseAmount(defaults.parse(await client.call('get_network_stats', {})).defaultPricePerHour)

/** USDC as a number, whose text has to be a decimal with at most six figures: money is never rounded in silence. */
const unitsOf = (usdc: number): bigint => {
  try {
    return parseUsdc(String(usdc))
  } catch (cause) {
    if (!(cause instanceof InvalidAmountError)) throw cause
    throw new InvalidInputError({
      message: 'maxPrice is USDC per hour with at most six decimals.',
      values: { field: 'maxPrice', reason: 'decimals' },
      cause,
    })
  }
}

const missing = (field: string) =>
  new InvalidInputError({ message: `${field} is missing.`, values: { field, reason: 'missing' } })

/** The fields of a task as this source calls them. */
const sourceNames: Record<string, string> = {
  type: 'modelType',
  inputs: 'inputData',
  timeoutSeconds: 'computeNeeded',
  maxPricePerHour: 'maxPrice',
  maxPricePerChunk: 'maxPrice',
}

/** A refusal about a task's field, by the name that the caller gave it. */
const renamed = renameFields(sourceNames)
