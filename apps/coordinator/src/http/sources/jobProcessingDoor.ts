import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { errorFromCode, NotSignedInError } from '@oblivion/core'
import { isOperator } from '../isOperator.ts'
import { answers, json, openDoor } from '../openDoor.ts'
import { by, callerOf, nobody } from './callerOf.ts'
import { customerJobs, type JobRow, jobStatus, oneJob, percent } from './jobRow.ts'
import type { SourceAccess } from './SourceAccess.ts'
import { snakeCase } from './snakeCase.ts'
import { beatAll, beatFor, claimFor, reportJob, takeJob } from './worker.ts'

/*
 * The doors of distributed-job-processing: /jobs, /bots, /metrics/summary. A bot is a node; its words are the engine's.
 */

const tags = ['distributed-job-processing']
const botId = z.string().min(1).max(200).openapi({ description: 'Its hardware id, or its UUID.' })
const jobId = z.uuid()
const attempt = z.int().positive().optional().openapi({
  description: 'Of the claim. With it a call may be repeated; without it the attempt that the bot holds is meant.',
})

const nullable = z.string().nullable()
export const processingJobSchema = z
  .object({
    ...{ id: z.string(), task_id: z.string(), chunk_index: z.number(), stage: z.number(), type: z.string() },
    status: jobStatus,
    progress: z.number().nullable().openapi({ description: '0 to 100; null to its customer while it runs.' }),
    attempt: z.number().nullable(),
    ...{ created_at: z.string(), started_at: nullable, finished_at: nullable, error: nullable },
    ...{ max_cost: nullable, cost: nullable, reward: nullable, provider: nullable },
    result: z
      .unknown()
      .optional()
      .openapi({ description: 'To the customer who asks for this one job, once it is paid for.' }),
    result_hash: z
      .string()
      .optional()
      .openapi({ description: 'SHA-256 of its canonical JSON; alone where it lies in Storage.' }),
  })
  .openapi('ProcessingJob', { description: 'What the caller may not know (yet) is null.' })

/** A job in this source's spelling. */
export const processingJob = ({ jobId, offered: _, progress, customer: __, ...row }: JobRow) => ({
  id: jobId,
  ...snakeCase(row),
  progress: percent(progress),
})

const bot = z.object({
  ...{ bot: z.string(), worker_type: z.string(), status: z.enum(['up', 'down']) },
  ...{ current_jobs: z.number(), max_jobs: z.number(), jobs_completed: z.number(), last_heartbeat: z.string() },
  id: z.string().optional().openapi({ description: 'To an operator.' }),
  bot_id: z.string().optional().openapi({ description: 'Its hardware id, to an operator.' }),
})
const nodeRows = z.array(
  z.object({
    ...{ nodeId: z.string(), hardwareId: z.string(), workerType: z.string(), online: z.boolean() },
    ...{ provider: z.string(), currentJobs: z.number(), maxJobs: z.number(), completedJobs: z.number() },
    lastSeenAt: z.string(),
  }),
)
/** `run_schedule`'s answer: a task, or why there is none. */
const batch = z.object({
  taskId: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
const workerRows = z.array(
  z.object({
    ...{ worker: z.string(), worker_type: z.string(), online: z.boolean(), last_seen: z.string() },
    ...{ current_jobs: z.number(), max_jobs: z.number(), total_jobs_completed: z.number() },
  }),
)
const figures = z.object({
  ...{ online: z.number(), working: z.number(), byType: z.record(z.string(), z.number()) },
  ...{ pendingJobs: z.number(), processingJobs: z.number(), tasksRunning: z.number() },
  ...{ chunksToday: z.number(), chunksTotal: z.number(), asOf: z.string() },
  ...{ medianWaitSeconds: z.number().nullable(), fairness: z.number().nullable() },
})
const summary = z.object({
  jobs: z.object({
    ...{ pending: z.number(), processing: z.number(), completed_today: z.number(), completed: z.number() },
    oldest_waiting_seconds: z.number().nullable(),
  }),
  bots: z.object({
    up: z.number().openapi({ description: 'Online, as the engine counts: a sign of life in the last minute.' }),
    ...{ working: z.number(), by_type: z.record(z.string(), z.number()) },
  }),
  ...{ tasks_running: z.number(), median_wait_seconds: z.number().nullable() },
  ...{ fairness: z.number().nullable(), as_of: z.string() },
})

const registered = z.object({ nodeId: z.string(), nodeSecret: z.string(), settings: z.looseObject({}) })
const settings = z.object({ heartbeatSeconds: z.number(), maxJobs: z.number() })
const claimed = z.looseObject({ id: z.string(), attempt: z.number() }).openapi('ClaimedJob', {
  description: 'type, program, input or input_url, attempt, lease_expires_at, limits.',
})
const done = z.object({ id: z.string(), status: jobStatus })

const routes = {
  summary: createRoute({
    ...{ method: 'get', path: '/metrics/summary', tags, summary: 'The system at a glance' },
    responses: answers(summary, 'Figures a moment old.'),
  }),
  bots: createRoute({
    ...{ method: 'get', path: '/bots', tags, security: [{}, ...by.operator], summary: 'All bots, at most 200' },
    responses: answers(
      z.object({ bots: z.array(bot) }),
      'By the short address of whom they earn for, those that are up first; to an operator with ids and the address whole, the latest seen first.',
    ),
  }),
  jobs: createRoute({
    ...{
      method: 'get',
      path: '/jobs',
      tags,
      security: by.customer,
      summary: 'Jobs of the caller’s tasks, newest first',
    },
    request: {
      query: z.object({ status: jobStatus.optional(), limit: z.coerce.number().int().min(1).max(100).default(50) }),
    },
    responses: answers(
      z.object({ jobs: z.array(processingJobSchema), more: z.boolean() }),
      'A status is looked for among the newest 2,000.',
    ),
  }),
  job: createRoute({
    ...{ method: 'get', path: '/jobs/{id}', tags, summary: 'A job of the caller’s task, or one that its bot has' },
    security: [...by.customer, ...by.node],
    request: { params: z.object({ id: jobId }) },
    responses: answers(processingJobSchema, 'The job.'),
  }),
  populate: createRoute({
    ...{ method: 'post', path: '/jobs/populate', tags, security: by.wallet, summary: 'A batch of a schedule, now' },
    request: { body: { ...json(z.object({ schedule_id: z.uuid() })), required: true } },
    responses: answers(z.object({ task_id: z.string() }), 'Its jobs are those of this task.'),
  }),
  claim: createRoute({
    ...{ method: 'post', path: '/jobs/claim', tags, security: by.node, summary: 'Claim a job, atomically' },
    request: { body: { ...json(z.object({ bot_id: botId })), required: true } },
    responses: answers(
      z.object({ job: claimed.nullable(), retry_ms: z.number() }),
      'Null where there is none: ask again after retry_ms. A bot that may have no other is told again of one that it holds.',
    ),
  }),
  start: createRoute({
    ...{ method: 'post', path: '/jobs/{id}/start', tags, security: by.node, summary: 'Processing has begun' },
    request: {
      params: z.object({ id: jobId }),
      body: { ...json(z.object({ bot_id: botId, attempt })), required: true },
    },
    responses: answers(done, 'Its progress is above 0 from now on.'),
  }),
  complete: createRoute({
    ...{ method: 'post', path: '/jobs/{id}/complete', tags, security: by.node, summary: 'Complete, with its result' },
    request: {
      params: z.object({ id: jobId }),
      body: { ...json(z.object({ bot_id: botId, attempt, result: z.unknown().optional() })), required: true },
    },
    responses: answers(done, 'Accepted.'),
  }),
  fail: createRoute({
    ...{ method: 'post', path: '/jobs/{id}/fail', tags, security: by.node, summary: 'The program failed' },
    request: {
      params: z.object({ id: jobId }),
      body: { ...json(z.object({ bot_id: botId, attempt, error: z.string().max(1000).optional() })), required: true },
    },
    responses: answers(done, 'Accepted: it is tried elsewhere, and fails for good after the task’s last attempt.'),
  }),
  register: createRoute({
    ...{ method: 'post', path: '/bots/register', tags, security: by.wallet, summary: 'Register a bot of the wallet’s' },
    request: {
      body: {
        ...json(
          z.object({
            bot_id: z.string().min(1).max(200),
            worker_type: z.enum(['server', 'python', 'browser']).default('server'),
            capabilities: z.record(z.string(), z.unknown()).default({}),
          }),
        ),
        required: true,
      },
    },
    responses: answers(
      z.object({
        ...{ id: z.string(), bot_id: z.string(), node_key: z.string() },
        ...{ heartbeat_interval_ms: z.number(), max_jobs: z.number() },
      }),
      'node_key is shown this once; it goes into the header x-node-key, and ends the one before.',
    ),
  }),
  beat: createRoute({
    ...{ method: 'post', path: '/bots/heartbeat', tags, security: by.node, summary: 'A sign of life' },
    request: { body: { ...json(z.object({ bot_id: botId })), required: true } },
    responses: answers(
      z.object({ bot_id: z.string(), jobs: z.array(z.object({ id: z.string(), cancel: z.boolean() })) }),
      'The jobs that it holds, whose leases are renewed, and whether to drop them.',
    ),
  }),
  remove: createRoute({
    ...{ method: 'delete', path: '/bots/{id}', tags, security: by.operator, summary: 'End a bot’s key (operators)' },
    request: { params: z.object({ id: jobId.openapi({ description: 'Its UUID.' }) }) },
    responses: answers(z.object({ id: z.string() }), 'What it held is pending again.'),
  }),
}

/** `/jobs`, `/bots` and `/metrics/summary`. */
export function jobProcessingDoor(access: SourceAccess): OpenAPIHono {
  const { project, log, queue, adminToken, bots: terms, now, listNodes, removeNode } = access
  const door = openDoor({ log, failure: 'a call about jobs or bots failed', maxBodyBytes: 1_048_576 })
  /** The source's word: silent for longer than its window. The engine's own `online` is sooner, and gives out work by it. */
  const upOrDown = (online: boolean, lastSeen: string) =>
    online || now() - Date.parse(lastSeen) < terms.downAfterMs ? ('up' as const) : ('down' as const)
  const isByOperator = (context: { req: { header(name: string): string | undefined } }) =>
    adminToken !== null && isOperator(context.req.header('authorization'), adminToken)

  door.openapi(routes.summary, async (context) => {
    const stats = figures.parse(await nobody(project).call('get_network_stats', {}))
    const jobs = {
      ...{ pending: stats.pendingJobs, processing: stats.processingJobs },
      ...{ completed_today: stats.chunksToday, completed: stats.chunksTotal },
      oldest_waiting_seconds: queue()?.oldestWaitingSeconds ?? null,
    }
    const bots = { up: stats.online, working: stats.working, by_type: stats.byType }
    const more = { median_wait_seconds: stats.medianWaitSeconds, fairness: stats.fairness, as_of: stats.asOf }
    return context.json({ jobs, bots, tasks_running: stats.tasksRunning, ...more }, 200)
  })

  door.openapi(routes.bots, async (context) => {
    if (isByOperator(context)) {
      const bots = nodeRows.parse(await listNodes()).map((row) => ({
        ...{ id: row.nodeId, bot_id: row.hardwareId, bot: row.provider, worker_type: row.workerType },
        ...{ status: upOrDown(row.online, row.lastSeenAt), current_jobs: row.currentJobs, max_jobs: row.maxJobs },
        ...{ jobs_completed: row.completedJobs, last_heartbeat: row.lastSeenAt },
      }))
      return context.json({ bots }, 200)
    }
    const rows = workerRows.parse(await nobody(project).call('get_worker_stats', {}))
    const bots = rows.map(({ worker, online, total_jobs_completed, last_seen, ...row }) => ({
      ...{ bot: worker, status: upOrDown(online, last_seen) },
      ...{ jobs_completed: total_jobs_completed, last_heartbeat: last_seen, ...row },
    }))
    return context.json({ bots }, 200)
  })

  door.openapi(routes.jobs, async (context) => {
    const { jobs, more } = await customerJobs(callerOf(project, context), context.req.valid('query'))
    return context.json({ jobs: jobs.map(processingJob), more }, 200)
  })

  door.openapi(routes.job, async (context) =>
    context.json(processingJob(await oneJob(callerOf(project, context), context.req.valid('param').id)), 200),
  )

  door.openapi(routes.populate, async (context) => {
    const { schedule_id } = context.req.valid('json')
    const answer = await callerOf(project, context).call('run_schedule', { p_schedule_id: schedule_id })
    const { taskId, error } = batch.parse(answer)
    if (taskId !== null) return context.json({ task_id: taskId }, 200)
    throw (error && errorFromCode(error.code, { message: error.message })) ?? new Error('a schedule made no task')
  })

  door.openapi(routes.claim, async (context) => {
    const { job, retryMs } = await claimFor(callerOf(project, context), context.req.valid('json').bot_id)
    if (job === null) return context.json({ job, retry_ms: retryMs }, 200)
    const { jobId, ...rest } = job
    return context.json({ job: { id: jobId, attempt: job.attempt, ...snakeCase(rest) }, retry_ms: retryMs }, 200)
  })

  door.openapi(routes.start, async (context) => {
    const [client, { id }, body] = [callerOf(project, context), context.req.valid('param'), context.req.valid('json')]
    const { nodeId, work } = await takeJob(client, body.bot_id, id)
    await beatFor(client, { nodeId, jobId: id, attempt: body.attempt ?? work.attempt, progress: 1 })
    return context.json({ id, status: 'processing' as const }, 200)
  })

  door.openapi(routes.complete, async (context) => {
    const { id } = context.req.valid('param')
    const { bot_id, attempt, result } = context.req.valid('json')
    const end = { outcome: 'succeeded' as const, result: result ?? null }
    await reportJob(callerOf(project, context), { workerId: bot_id, jobId: id, attempt, ...end })
    return context.json({ id, status: 'completed' as const }, 200)
  })

  door.openapi(routes.fail, async (context) => {
    const { id } = context.req.valid('param')
    const { bot_id, attempt, error } = context.req.valid('json')
    await reportJob(callerOf(project, context), { workerId: bot_id, jobId: id, attempt, outcome: 'failed', error })
    return context.json({ id, status: 'failed' as const }, 200)
  })

  door.openapi(routes.register, async (context) => {
    const { bot_id, worker_type, capabilities } = context.req.valid('json')
    const wanted = { p_hardware_id: bot_id, p_worker_type: worker_type, p_capabilities: capabilities }
    const node = registered.parse(await callerOf(project, context).call('register_node', wanted))
    const { heartbeatSeconds, maxJobs } = settings.parse(node.settings)
    // A tab's lease bears three beats of the server's own, and so not one that is lost of longer ones.
    const most = worker_type === 'browser' ? heartbeatSeconds * 1_000 : Number.POSITIVE_INFINITY
    const told = { heartbeat_interval_ms: Math.min(terms.heartbeatMs, most), max_jobs: maxJobs }
    return context.json({ id: node.nodeId, bot_id, node_key: node.nodeSecret, ...told }, 200)
  })

  door.openapi(routes.beat, async (context) => {
    const client = callerOf(project, context)
    const { bot_id } = context.req.valid('json')
    const held = await beatAll(client, bot_id)
    const told = held.map(({ jobId, cancel }) => ({ id: jobId, cancel }))
    return context.json({ bot_id, jobs: told }, 200)
  })

  door.openapi(routes.remove, async (context) => {
    if (!isByOperator(context))
      throw new NotSignedInError({
        message: 'Operators only.',
        hint: 'Send ADMIN_TOKEN as `authorization: Bearer ...`; without one at the server this door is shut.',
      })
    const { id } = context.req.valid('param')
    await removeNode(id)
    return context.json({ id }, 200)
  })
  return door
}
