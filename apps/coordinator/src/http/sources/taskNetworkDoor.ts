import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { InvalidInputError } from '@oblivion/core'
import { answers, json, openDoor } from '../openDoor.ts'
import { by, callerOf } from './callerOf.ts'
import type { SourceAccess } from './SourceAccess.ts'
import { beatAll, beatFor, claimFor, reportJob, takeJob } from './worker.ts'

/*
 * The doors of realtime-task-network: /api/tasks for customers, /api/worker for nodes. Both keep the engine's words.
 */

const tags = ['realtime-task-network']
const workerId = z.string().min(1).max(200).openapi({ description: 'Its hardware id, or its UUID.' })

const draft = z
  .looseObject({ title: z.string().min(1).max(200), acknowledgeVisible: z.literal(true) })
  .openapi('TaskDraft', {
    description:
      'What create_task takes: type or program, inputs or range, pricePerChunk or metered, budget, maxConcurrentChunks (the bucket), capabilities and more; docs/api-keys.md. Amounts are decimal strings of the smallest unit.',
  })
const created = z.looseObject({
  ...{ taskId: z.string(), chunkCount: z.number(), plannedCount: z.number() },
  ...{ terms: z.looseObject({}), estimate: z.looseObject({}) },
})
const summary = z.looseObject({
  ...{ taskId: z.string(), title: z.string(), status: z.string(), chunkCount: z.number() },
  counts: z.looseObject({ completed: z.number() }),
})
const task = summary.extend({ progress: z.number() }).openapi('TaskProgress', {
  description: 'progress is the share of completed chunks in percent; counts says the rest.',
})
const withProgress = (row: z.infer<typeof summary>) => ({
  ...row,
  progress: row.chunkCount === 0 ? 0 : Math.floor((row.counts.completed * 10_000) / row.chunkCount) / 100,
})

const inputPage = z.object({ inputs: z.array(z.looseObject({})), next: z.number().nullable() })
const resultPage = z.object({ results: z.array(z.looseObject({})), next: z.number().nullable() })
const byChunk = {
  params: z.object({ taskId: z.uuid() }),
  query: z.object({
    after: z.coerce.number().int().min(-1).default(-1).openapi({ description: 'The `next` of the page before.' }),
    limit: z.coerce.number().int().min(1).max(100).default(100),
  }),
}

const taskRoutes = {
  create: createRoute({
    ...{ method: 'post', path: '/', tags, security: by.customer, summary: 'Post a task and hold its budget' },
    request: { body: { ...json(draft), required: true } },
    responses: answers(created, 'With its settings as they hold, and what it costs.'),
  }),
  list: createRoute({
    ...{ method: 'get', path: '/', tags, security: by.customer, summary: 'The caller’s tasks, newest first' },
    request: { query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(50) }) },
    responses: answers(z.object({ tasks: z.array(task) }), 'Each with its progress.'),
  }),
  one: createRoute({
    ...{ method: 'get', path: '/{taskId}', tags, security: by.customer, summary: 'A task with its progress' },
    request: { params: z.object({ taskId: z.uuid() }) },
    responses: answers(task, 'chunks has a letter for each chunk: b p r c f x.'),
  }),
  inputs: createRoute({
    ...{ method: 'get', path: '/{taskId}/inputs', tags, security: by.customer, summary: 'Inputs by chunk index' },
    request: byChunk,
    responses: answers(inputPage, 'Each with its chunkIndex, as it was posted; next is null at the end.'),
  }),
  results: createRoute({
    ...{ method: 'get', path: '/{taskId}/results', tags, security: by.customer, summary: 'Results by chunk index' },
    request: byChunk,
    responses: answers(
      resultPage,
      'Each with its chunk’s input, result, resultHash, verdict and provider; next is null at the end.',
    ),
  }),
}

/** `/api/tasks`. */
export function tasksDoor({ project, log }: SourceAccess): OpenAPIHono {
  // Inputs travel in the body.
  const door = openDoor({ log, failure: 'a call about tasks failed', maxBodyBytes: 4_194_304 })

  door.openapi(taskRoutes.create, async (context) => {
    const answer = await callerOf(project, context).call('create_task', { p_task: context.req.valid('json') })
    return context.json(created.parse(answer), 200)
  })
  door.openapi(taskRoutes.list, async (context) => {
    const { limit } = context.req.valid('query')
    const rows = z.array(summary).parse(await callerOf(project, context).call('list_tasks', { p_limit: limit }))
    return context.json({ tasks: rows.map(withProgress) }, 200)
  })
  door.openapi(taskRoutes.one, async (context) => {
    const { taskId } = context.req.valid('param')
    const row = summary.parse(await callerOf(project, context).call('get_task', { p_task_id: taskId }))
    return context.json(withProgress(row), 200)
  })
  door.openapi(taskRoutes.inputs, async (context) => {
    const [{ taskId }, { after, limit }] = [context.req.valid('param'), context.req.valid('query')]
    const page = { p_task_id: taskId, p_after: after, p_limit: limit }
    return context.json(inputPage.parse(await callerOf(project, context).call('task_inputs', page)), 200)
  })
  door.openapi(taskRoutes.results, async (context) => {
    const [{ taskId }, { after, limit }] = [context.req.valid('param'), context.req.valid('query')]
    const page = { p_task_id: taskId, p_after: after, p_limit: limit }
    return context.json(resultPage.parse(await callerOf(project, context).call('task_results', page)), 200)
  })
  return door
}

const chunk = z.looseObject({ jobId: z.string(), attempt: z.number() }).openapi('ChunkToDo', {
  description: 'taskId, chunkIndex, type, program, input or inputUrl, leaseExpiresAt, limits.',
})
const record = z.object({
  ...{ workerId, jobId: z.uuid(), attempt: z.int().positive() },
  progress: z.number().optional().openapi({ description: '0 to 100, clamped.' }),
  result: z.unknown().optional(),
  error: z.string().max(1000).optional(),
})

const workerRoutes = {
  next: createRoute({
    ...{ method: 'post', path: '/next-chunk', tags, security: by.node, summary: 'The next chunk for a worker' },
    request: { body: { ...json(z.object({ workerId })), required: true } },
    responses: answers(
      z.object({ chunk: chunk.nullable(), retryMs: z.number() }),
      'Null where there is none within a bucket: ask again after retryMs. A worker that may have no other is told again of one that it holds.',
    ),
  }),
  record: createRoute({
    ...{ method: 'post', path: '/record-chunk', tags, security: by.node, summary: 'Progress or result of a chunk' },
    request: { body: { ...json(record), required: true } },
    responses: answers(
      z.object({ jobId: z.string(), status: z.enum(['processing', 'completed', 'failed']), cancel: z.boolean() }),
      'With a result it is completed, with an error failed, else its progress is kept; cancel says whether to drop it.',
    ),
  }),
  beat: createRoute({
    ...{ method: 'post', path: '/heartbeat', tags, security: by.node, summary: 'A sign of life' },
    request: { body: { ...json(z.object({ workerId })), required: true } },
    responses: answers(
      z.object({ workerId: z.string(), chunks: z.array(z.object({ jobId: z.string(), cancel: z.boolean() })) }),
      'The chunks that it holds, whose leases are renewed, and whether to drop them.',
    ),
  }),
}

/** `/api/worker`. */
export function workerDoor({ project, log }: SourceAccess): OpenAPIHono {
  const door = openDoor({ log, failure: 'a call of a worker failed', maxBodyBytes: 1_048_576 })

  door.openapi(workerRoutes.next, async (context) => {
    const { workerId } = context.req.valid('json')
    const { job, retryMs } = await claimFor(callerOf(project, context), workerId)
    return context.json({ chunk: job, retryMs }, 200)
  })

  door.openapi(workerRoutes.record, async (context) => {
    const client = callerOf(project, context)
    const { progress, result, error, ...of } = context.req.valid('json')
    if (result !== undefined && error !== undefined)
      throw new InvalidInputError({
        message: 'A chunk has a result or an error.',
        values: { field: 'error', reason: 'either' },
      })
    if (result !== undefined || error !== undefined) {
      await reportJob(client, {
        ...of,
        ...(error === undefined ? { outcome: 'succeeded', result } : { outcome: 'failed', error }),
      })
      const status = error === undefined ? ('completed' as const) : ('failed' as const)
      return context.json({ jobId: of.jobId, status, cancel: false }, 200)
    }
    const { nodeId } = await takeJob(client, of.workerId, of.jobId)
    const { cancel } = await beatFor(client, { ...of, nodeId, progress })
    return context.json({ jobId: of.jobId, status: 'processing' as const, cancel }, 200)
  })

  door.openapi(workerRoutes.beat, async (context) => {
    const client = callerOf(project, context)
    const { workerId } = context.req.valid('json')
    return context.json({ workerId, chunks: await beatAll(client, workerId) }, 200)
  })
  return door
}
