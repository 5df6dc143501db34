import { type ClientOptions, createBriefWithJob, createClient, createJob, storeInput } from '@oblivion/client'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type Person, type World } from './world/createWorld.ts'
import { openGateway } from './world/openGateway.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

/*
 * The doors of the sources over real HTTP, each with its own paths, fields and words; docs/rest-doors.md. Who gets through
 * which door stands in doors.test.ts.
 */

const ADMIN_TOKEN = 'token-of-an-operator-of-a-test'
type Headers = Record<string, string>
type Answer = { status: number; body: Record<string, unknown> }

let world: World
let url: string
let customer: Person
let mine: Headers
let provider: Person
let theirs: Headers
let join: () => Promise<[Person, Headers]>
let listen: (topic: string, by: Headers) => Promise<string[]>
/** The customer's own server code. */
let options: ClientOptions
const undo: (() => Promise<unknown>)[] = []

const call = async (method: string, path: string, by: Headers = {}, body?: unknown): Promise<Answer> => {
  const answer = await fetch(`${url}${path}`, {
    ...{ method, headers: { 'content-type': 'application/json', ...by } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}
const done = async <T = Answer['body']>(...args: Parameters<typeof call>): Promise<T> => {
  const { status, body } = await call(...args)
  expect({ status, ...(status === 200 ? {} : { body }) }, args.slice(0, 2).join(' ')).toEqual({ status: 200 })
  return body as T
}
const operator = { authorization: `Bearer ${ADMIN_TOKEN}` }
const idOf = (row: unknown) => String((row as { id: string }).id)

beforeAll(async () => {
  world = await createWorld()
  undo.push(world.end)
  const gateway = await openGateway(world)
  undo.push(gateway.end)
  const storage = { supabaseUrl: gateway.url, supabaseKey: gateway.anonKey }
  const coordinator = await runCoordinator({
    ...world.configuration,
    ...{ storage, sandbox: true, adminToken: ADMIN_TOKEN },
  })
  undo.push(coordinator.stop)
  url = `http://127.0.0.1:${coordinator.port}`
  join = async () => {
    const person = await world.person(privateKeyToAccount(generatePrivateKey()))
    return [person, { authorization: `Bearer ${await gateway.signIn(person.account)}` }]
  }
  listen = (topic, by) => {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>()
    const heard: string[] = []
    const address = `${gateway.url.replace('http', 'ws')}/realtime/v1/websocket`
    const socket = new WebSocket(`${address}?apikey=${gateway.anonKey}&vsn=1.0.0`)
    undo.push(async () => socket.close())
    const access_token = by.authorization?.replace('Bearer ', '')
    const joins = {
      topic: `realtime:${topic}`,
      event: 'phx_join',
      payload: { config: { private: true }, access_token },
    }
    socket.onopen = () => socket.send(JSON.stringify({ ...joins, ref: '1', join_ref: '1' }))
    socket.onerror = () => reject(new Error('no WebSocket'))
    socket.onmessage = ({ data }) => {
      const { event, payload } = JSON.parse(String(data))
      if (event === 'broadcast') heard.push(payload.event)
      else if (payload.status === 'ok') resolve(heard)
      else reject(new Error(payload.response?.reason ?? event))
    }
    return promise
  }
  ;[customer, mine] = await join()
  ;[provider, theirs] = await join()
  const accessToken = async () => mine.authorization?.slice('Bearer '.length) ?? null
  options = { ...storage, accessToken }
  await until('play money is on', async () => {
    const { body } = await call('GET', '/api/wallet/balance', mine)
    return body.sandbox as object | null
  })
  await done('POST', '/api/wallet/deposit', mine, { asset: 'test', amount: '50000000', requestId: 'request-1' })
})
afterAll(async () => {
  for (const step of undo.reverse()) await step()
})

const address = (person: Person) => person.account.address
const order = (more: Record<string, unknown> = {}) => ({
  ...{ modelType: 'raytrace', computeNeeded: 36, inputData: { tile: 1 }, maxPrice: 0.5 },
  ...{ qubicAddress: address(customer), asset: 'test', acknowledgeVisible: true, ...more },
})
type Managed = { id: string; status: string; progress: number | null; actualCost: string | null } & Answer['body']
type Created = { job: Managed; assignment: Answer['body']; estimatedCost: string }

describe('job-management', () => {
  test('JM-3, JM-32, JM-33: what is missing or wrong is refused with its name, and nothing is created', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [order({ modelType: undefined }), 'modelType'],
      [order({ modelType: 'unheard Of' }), 'modelType'],
      [order({ computeNeeded: undefined }), 'computeNeeded'],
      [order({ computeNeeded: 0 }), 'computeNeeded'],
      [order({ computeNeeded: '36' }), 'computeNeeded'],
      [order({ inputData: [] }), 'inputData'],
      [order({ inputData: undefined }), 'inputData'],
      [order({ maxPrice: -1 }), 'maxPrice'],
      [order({ maxPrice: 0.0000001 }), 'maxPrice'],
      [order({ qubicAddress: undefined }), 'qubicAddress'],
      [order({ qubicAddress: 'QUBIC' }), 'qubicAddress'],
      [order({ acknowledgeVisible: undefined }), 'acknowledgeVisible'],
    ]
    for (const [body, field] of wrong) {
      const answer = await call('POST', '/api/jobs/create', mine, body)
      expect(answer, `${field} ${JSON.stringify(body)}`).toMatchObject({
        ...{ status: 400, body: { code: 'OB005', values: { field } } },
      })
    }
    expect(await call('POST', '/api/jobs/create', mine, order({ qubicAddress: address(provider) }))).toMatchObject({
      ...{ status: 403, body: { code: 'OB002' } },
    })
    expect(await call('POST', '/api/jobs/create', theirs, order({ qubicAddress: address(provider) }))).toMatchObject({
      ...{ status: 409, body: { code: 'OB007' } },
    })
    expect(await done('GET', `/api/jobs/user/${address(customer)}`, mine)).toEqual([])
  })

  test('JM-1, JM-2, JM-5, JM-6: a job starts as PENDING with what it costs at most, and says that nobody is there for it', async () => {
    const { qubicAddress: _, ...rest } = order({ customerAddress: address(customer).toLowerCase() })
    const { job, assignment, estimatedCost } = await done<Created>('POST', '/api/jobs/create', mine, rest)
    expect(job).toMatchObject({ status: 'PENDING', modelType: 'raytrace', progress: 0, provider: null })
    // Half a dollar an hour, for 36 seconds.
    expect([estimatedCost, job.estimatedCost, job.actualCost]).toEqual(['5000', '5000', null])
    expect(assignment).toEqual({ assigned: false, provider: null, until: null })
    // Without a price of the customer's it is that of nodes which name none, 0.1 USDC an hour.
    const { maxPrice: __, ...unpriced } = order()
    expect((await done<Created>('POST', '/api/jobs/create', mine, unpriced)).estimatedCost).toBe('1000')
    for (const row of await done<Managed[]>('GET', `/api/jobs/user/${address(customer)}`, mine))
      await customer.rpc('cancel_task', { p_task_id: row.taskId })
  })

  test('JM-4: a customer is made by its first call, one by several at once, and found by its address however it is spelled', async () => {
    const [person, by] = await join()
    const owners = () =>
      world.ask<number>('select count(*)::int as answer from oblivion.owners where lower(address) = lower($1)', [
        address(person),
      ])
    expect(await owners()).toBe(0)
    const deposit = (requestId: string) =>
      done('POST', '/api/wallet/deposit', by, { asset: 'test', amount: '10000', requestId })
    await Promise.all([1, 2, 3].map((n) => deposit(`first-call-${n}`)))
    expect(await owners()).toBe(1)
    const spelled = [address(person), address(person).toLowerCase()]
    await Promise.all(spelled.map((qubicAddress) => done('POST', '/api/jobs/create', by, order({ qubicAddress }))))
    expect(await owners()).toBe(1)
    const jobs = await done<Managed[]>('GET', `/api/jobs/user/${address(person)}`, by)
    expect(jobs).toHaveLength(2)
    for (const { taskId } of jobs) await person.rpc('cancel_task', { p_task_id: taskId })
  })

  test('JM-6, JM-7, JM-10, JM-11, JM-12, JM-13, JM-15, JM-16, JM-17, JM-18, JM-19, JM-22, JM-29, JM-30, JM-31, JM-33: assigned at once, claimed by its first progress, paid by its time, and told of over a WebSocket', async () => {
    const network = await listen('network', mine)
    const bot = await done('POST', '/bots/register', theirs, { bot_id: 'jm-worker' })
    const key = { 'x-node-key': String(bot.node_key) }
    const { job, assignment } = await done<Created>('POST', '/api/jobs/create', mine, order())
    const short = `${address(provider).toLowerCase().slice(0, 6)}…${address(provider).toLowerCase().slice(-4)}`
    expect(job.status).toBe('ASSIGNED')
    expect(assignment).toMatchObject({ assigned: true, provider: short })
    const told = await listen(`task:${job.taskId}`, mine)
    await expect(listen(`task:${job.taskId}`, theirs)).rejects.toThrow('Unauthorized')

    const pending = () => done<Managed[]>('GET', '/api/jobs/pending/jm-worker', key)
    // JM-7, JM-8: a worker is not told whose job it is, and sees the input once it has claimed it.
    expect(await pending()).toMatchObject([
      { id: job.id, status: 'ASSIGNED', inputData: null, user: null, startedAt: null },
    ])
    const at = (more: Record<string, unknown>) => ({ workerId: 'jm-worker', ...more })
    const progress = (value: unknown) =>
      call('POST', `/api/jobs/${job.id}/progress`, key, at({ progress: value, metrics: { step: 1 } }))
    expect(await progress(-5)).toMatchObject({
      ...{ status: 200, body: { status: 'ASSIGNED', progress: 0, inputData: { tile: 1 }, cancel: false } },
    })
    const [claimed] = await pending()
    expect(claimed).toMatchObject({ status: 'ASSIGNED', inputData: { tile: 1 }, progress: 0 })
    // JM-13: the first progress is what claims it, so that it started then, and not with any later one.
    const startedAt = String(claimed?.startedAt)
    expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(Date.parse(String(job.createdAt)))
    for (const value of ['50', null, undefined])
      expect(await progress(value)).toMatchObject({ status: 400, body: { values: { field: 'progress' } } })
    expect(await progress(42.5)).toMatchObject({ body: { status: 'RUNNING', progress: 42.5 } })
    expect(await pending()).toMatchObject([{ status: 'RUNNING', progress: 42.5, startedAt }])
    for (const value of [150, 1e300])
      expect(await progress(value)).toMatchObject({ body: { status: 'RUNNING', progress: 100 } })
    await until('that it is claimed is told', async () => told.includes('JOB_PROGRESS'))
    expect(told).not.toContain('JOB_COMPLETED')
    // What a program says of its progress does not reach its customer unpaid.
    expect(await done('GET', `/api/jobs/${job.id}`, mine)).toMatchObject({ status: 'RUNNING', progress: null })

    const complete = (more: Record<string, unknown>) =>
      call('POST', `/api/jobs/${job.id}/complete`, key, at({ metrics: { processingTimeSeconds: 9_999 }, ...more }))
    expect(await complete({ status: 'finished' })).toMatchObject({ status: 400, body: { values: { field: 'status' } } })
    const result = { status: 'completed', result: { colour: 'blue' }, attempt: 1 }
    for (const _ of ['once', 'again, for the answer was lost'])
      expect(await complete(result)).toEqual({ status: 200, body: { jobId: job.id, status: 'COMPLETED' } })
    expect(await complete({ ...result, attempt: 2 })).toMatchObject({ status: 404, body: { code: 'OB010' } })

    await until('its end is told', async () => told.includes('JOB_COMPLETED'))
    await world.database.query(`update oblivion.marketplace_updates set sent_at = '-infinity'`)
    await until('who is free is told', async () => network.includes('MARKETPLACE_UPDATE'))
    const ended = await done<Managed>('GET', `/api/jobs/${job.id}`, mine)
    expect(ended).toMatchObject({
      ...{ status: 'COMPLETED', progress: 100, error: null, user: { qubicAddress: address(customer).toLowerCase() } },
      provider: { address: address(provider).toLowerCase() },
      // To its customer by the second.
      ...{ startedAt: `${startedAt.slice(0, 19)}Z`, completedAt: expect.any(String) },
      ...{ result: { colour: 'blue' }, resultHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(BigInt(ended.actualCost ?? 0)).toBeGreaterThan(0n)
    expect(BigInt(ended.actualCost ?? 0)).toBeLessThan(5_000n)
    expect(await done('GET', `/api/jobs/${job.id}`, theirs)).toMatchObject({ status: 'COMPLETED', user: null })
    const [newest] = await done<Managed[]>('GET', `/api/jobs/user/${address(customer)}`, mine)
    const { result: _, resultHash: __, ...listed } = ended
    expect(newest).toEqual(listed)
    expect(await pending()).toEqual([])
    // One payment, one earning, a balance that is less by it, and a provider that is free again.
    const entries = async (by: Headers, query: string) =>
      (await done<{ rows: Answer['body'][] }>('GET', `/api/wallet/transactions?asset=test&${query}`, by)).rows
    const payments = (await entries(mine, `account=task&taskId=${job.taskId}`)).filter(({ jobId }) => jobId === job.id)
    expect(payments).toMatchObject([{ amount: `-${ended.actualCost}` }])
    expect(await done('GET', '/api/wallet/balance', mine)).toMatchObject({
      ...{ wallet: address(customer).toLowerCase(), sandbox: { spent: ended.actualCost } },
    })
    const earned = await done<Managed>('GET', `/api/jobs/${job.id}`, theirs)
    expect(await entries(theirs, 'account=earned')).toMatchObject([{ jobId: job.id, amount: earned.earned }])
    const { bots } = await done<{ bots: Answer['body'][] }>('GET', '/bots', operator)
    expect(bots).toMatchObject([{ bot_id: 'jm-worker', current_jobs: 0, jobs_completed: 1 }])
  })

  test('JM-15, JM-17, JM-19, JM-24, JM-25: a failure is reported and costs nothing, its provider is free, and the job is open again', async () => {
    const bot = await done('POST', '/bots/register', theirs, { bot_id: 'jm-worker' })
    const key = { 'x-node-key': String(bot.node_key) }
    const { job } = await done<Created>('POST', '/api/jobs/create', mine, order())
    await done('POST', `/api/jobs/${job.id}/progress`, key, { workerId: 'jm-worker', progress: 1 })
    const body = { workerId: 'jm-worker', status: 'failed', error: 'out of colours' }
    expect(await done('POST', `/api/jobs/${job.id}/complete`, key, body)).toMatchObject({ status: 'FAILED' })
    expect(await done('GET', '/api/jobs/pending/jm-worker', key)).toEqual([])
    const open = await done<Managed>('GET', `/api/jobs/${job.id}`, mine)
    expect(open).toMatchObject({ status: 'PENDING', progress: 0, provider: null, error: null, actualCost: null })
    const query = `asset=test&account=task&taskId=${open.taskId}`
    const { rows } = await done<{ rows: Answer['body'][] }>('GET', `/api/wallet/transactions?${query}`, mine)
    expect(rows.filter(({ jobId }) => jobId === job.id)).toEqual([])
    await customer.rpc('cancel_task', { p_task_id: open.taskId })
    expect(await done('GET', `/api/jobs/${job.id}`, mine)).toMatchObject({ status: 'CANCELLED' })
  })

  test('JM-9: what is unknown is a 404 and says which, to each caller', async () => {
    const unknown = crypto.randomUUID()
    const to = (path: string, body?: unknown, by = theirs) => call(body ? 'POST' : 'GET', path, by, body)
    const noJob = { status: 404, body: { code: 'OB010', values: { jobId: unknown } } }
    const noWorker = { status: 404, body: { code: 'OB003', values: { nodeId: 'nobody' } } }
    expect(await to(`/api/jobs/${unknown}`)).toMatchObject(noJob)
    expect(await to(`/api/jobs/${unknown}/progress`, { workerId: 'jm-worker', progress: 1 })).toMatchObject(noJob)
    expect(await to(`/api/jobs/${unknown}/complete`, { workerId: 'jm-worker', status: 'failed' })).toMatchObject(noJob)
    expect(await to('/api/jobs/pending/nobody')).toMatchObject(noWorker)
    expect(await to(`/api/jobs/${unknown}/progress`, { workerId: 'nobody', progress: 1 })).toMatchObject(noWorker)
    expect(await to('/api/jobs/1')).toMatchObject({ status: 400, body: { values: { field: 'jobId' } } })
    const [job] = await done<Managed[]>('GET', `/api/jobs/user/${address(customer)}`, mine)
    // Another's job is as none: this one was nobody's when it was cancelled.
    expect(await to(`/api/jobs/${job?.id}`)).toMatchObject({ status: 404, body: { code: 'OB010' } })
    expect(await to(`/api/jobs/user/${address(customer)}`)).toMatchObject({ status: 403, body: { code: 'OB002' } })
  })

  test('JM-1 by an API key: with both its scopes, and refused without one before anything is created', async () => {
    const keyOf = async (scopes: string[]) => {
      const limit = scopes.includes('tasks') ? { spendingLimit: '100000' } : {}
      const wanted = { p_key: JSON.stringify({ name: scopes.join(), scopes, ...limit }) }
      return { 'x-api-key': (await customer.rpc<{ key: string }>('create_api_key', wanted)).key }
    }
    const list = `/api/jobs/user/${address(customer)}`
    const before = await done<Managed[]>('GET', list, mine)
    for (const scope of ['read', 'tasks'])
      expect(await call('POST', '/api/jobs/create', await keyOf([scope]), order())).toMatchObject({
        ...{ status: 403, body: { code: 'OB031' } },
      })
    expect(await done('GET', list, mine)).toEqual(before)
    const key = await keyOf(['read', 'tasks'])
    const { job } = await done<Created>('POST', '/api/jobs/create', key, order())
    expect(await done('GET', `/api/jobs/${job.id}`, key)).toMatchObject({ id: job.id })
    expect(await call('GET', list, { 'x-api-key': 'obk_wrong' })).toMatchObject({
      status: 401,
      body: { code: 'OB030' },
    })
    await customer.rpc('cancel_task', { p_task_id: job.taskId })
  })
})

describe('distributed-job-processing and realtime-task-network', () => {
  const draft = {
    ...{ title: 'Three tiles', type: 'raytrace', inputs: [{ n: 0 }, { n: 1 }, { n: 2 }], pricePerChunk: '1000' },
    ...{ asset: 'test', acknowledgeVisible: true },
  }
  let taskId: string
  let key: Headers

  test('RN-8, RN-13, RN-14, RN-18: a task is created with settings that hold, listed, and read with its progress and inputs', async () => {
    const { acknowledgeVisible: _, ...unsaid } = draft
    expect(await call('POST', '/api/tasks', mine, unsaid)).toMatchObject({
      ...{ status: 400, body: { code: 'OB005', values: { field: 'acknowledgeVisible' } } },
    })
    expect(await call('POST', '/api/tasks', mine, { ...draft, budget: '999' })).toMatchObject({
      ...{ status: 400, body: { code: 'OB013', values: { needed: '3000' } } },
    })
    const created = await done('POST', '/api/tasks', mine, { ...draft, maxConcurrentChunks: 9 })
    expect(created).toMatchObject({ chunkCount: 3, terms: { maxConcurrentChunks: null }, estimate: { cost: '3000' } })
    taskId = String(created.taskId)
    expect(await done('GET', '/api/tasks?limit=1', mine)).toMatchObject({ tasks: [{ taskId, progress: 0 }] })
    expect(await done('GET', `/api/tasks/${taskId}`, mine)).toMatchObject({ title: 'Three tiles', chunks: 'ppp' })
    const inputs = (by: Headers) => call('GET', `/api/tasks/${taskId}/inputs?after=0&limit=1`, by)
    expect(await inputs(mine)).toMatchObject({
      ...{ status: 200, body: { inputs: [{ chunkIndex: 1, input: draft.inputs[1] }], next: 1 } },
    })
    expect(await inputs(theirs)).toMatchObject({ status: 404, body: { code: 'OB008' } })
    expect(await call('GET', `/api/tasks/${taskId}`, theirs)).toMatchObject({ status: 404, body: { code: 'OB008' } })
  })

  test('DJ-5, DJ-18, DJ-19: a bot is registered by its wallet alone, told how often to beat, and beats by its key', async () => {
    const body = { bot_id: 'bot-1', worker_type: 'browser', capabilities: { gpu: true } }
    expect(await call('POST', '/bots/register', {}, body)).toMatchObject({ status: 401, body: { code: 'OB001' } })
    const bot = await done('POST', '/bots/register', theirs, body)
    expect(bot).toMatchObject({ bot_id: 'bot-1', heartbeat_interval_ms: 15_000, max_jobs: 1 })
    // 15 s for a tab, whose lease is short; else what the operator says, 30 s where it says nothing.
    expect(await done('POST', '/bots/register', theirs, { bot_id: 'jm-worker' })).toMatchObject({
      ...{ heartbeat_interval_ms: 30_000, max_jobs: 2 },
    })
    key = { 'x-node-key': String(bot.node_key) }
    expect(await done('POST', '/bots/heartbeat', key, { bot_id: 'bot-1' })).toEqual({ bot_id: 'bot-1', jobs: [] })
    // Named by its UUID as well; and a key is one bot's.
    await done('POST', '/bots/heartbeat', key, { bot_id: bot.id })
    expect(await call('POST', '/bots/heartbeat', key, { bot_id: 'bot-2' })).toMatchObject({
      ...{ status: 401, body: { code: 'OB004' } },
    })
  })

  test('DJ-15, DJ-16, DJ-17, DJ-34: a job is claimed once, started, completed with its result; another fails, and what is malformed is refused', async () => {
    const claim = () => done<{ job: Answer['body'] | null }>('POST', '/jobs/claim', key, { bot_id: 'bot-1' })
    const { job } = await claim()
    expect(job).toMatchObject({ task_id: taskId, type: 'raytrace', attempt: 1, input: { n: 0 } })
    // Full, it is told of the same job again: the answer may have been lost.
    expect((await claim()).job).toMatchObject({ id: idOf(job), attempt: 1 })
    await done('POST', `/jobs/${idOf(job)}/start`, key, { bot_id: 'bot-1' })
    expect(await done('GET', `/jobs/${idOf(job)}`, key)).toMatchObject({ status: 'processing', progress: 1 })
    expect(await done('POST', '/bots/heartbeat', key, { bot_id: 'bot-1' })).toMatchObject({
      jobs: [{ id: idOf(job), cancel: false }],
    })
    const result = { bot_id: 'bot-1', result: [1, 2, 3] }
    expect(await done('POST', `/jobs/${idOf(job)}/complete`, key, result)).toMatchObject({ status: 'completed' })
    expect(await done('GET', `/jobs/${idOf(job)}`, mine)).toMatchObject({
      ...{ status: 'completed', cost: '1000', result: [1, 2, 3] },
    })

    const { job: next } = await claim()
    const failure = { bot_id: 'bot-1', error: 'no paint' }
    expect(await done('POST', `/jobs/${idOf(next)}/fail`, key, failure)).toMatchObject({ status: 'failed' })
    expect(await call('POST', `/jobs/${idOf(next)}/fail`, key, failure)).toMatchObject({ status: 404 })
    for (const [path, body, field] of [
      ['/jobs/claim', {}, 'bot_id'],
      ['/jobs/claim', { bot_id: 7 }, 'bot_id'],
      [`/jobs/${idOf(next)}/start`, { bot_id: 'bot-1', attempt: 0 }, 'attempt'],
      [`/jobs/${idOf(next)}/fail`, { bot_id: 'bot-1', error: {} }, 'error'],
      ['/jobs/1/complete', { bot_id: 'bot-1' }, 'id'],
    ] as const)
      expect(await call('POST', path, key, body)).toMatchObject({
        ...{ status: 400, body: { code: 'OB005', values: { field } } },
      })
    // What is too large is told, and counts as a failed try.
    const { job: last } = await claim()
    const large = { bot_id: 'bot-1', result: 'x'.repeat(70_000) }
    expect(await call('POST', `/jobs/${idOf(last)}/complete`, key, large)).toMatchObject({
      ...{ status: 400, body: { code: 'OB011', values: { bytes: 70_002, limit: 65_536 } } },
    })
    expect(await claim()).toMatchObject({ job: null, retry_ms: expect.any(Number) })
  })

  test('DJ-14: a customer’s jobs by status, the newest first', async () => {
    const list = (query: string) => done<{ jobs: Answer['body'][] }>('GET', `/jobs${query}`, mine)
    expect((await list('?status=completed&limit=1')).jobs).toMatchObject([{ task_id: taskId, chunk_index: 0 }])
    const { jobs } = await list('')
    expect(jobs.slice(0, 3).map(({ chunk_index, status }) => [chunk_index, status])).toEqual([
      ...[
        [2, 'pending'],
        [1, 'pending'],
        [0, 'completed'],
      ],
    ])
    expect(await call('GET', '/jobs?status=done', mine)).toMatchObject({
      status: 400,
      body: { values: { field: 'status' } },
    })
    for (const { id, status } of jobs.slice(0, 3))
      expect(await done('GET', `/jobs/${id}`, mine)).toMatchObject({ id, status, task_id: taskId })
    expect(await done('GET', '/jobs', theirs)).toEqual({ jobs: [], more: false })
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })

  test('RN-9, RN-10, RN-11: a worker gets its next chunk, reports progress, beats, and hands its result in', async () => {
    const { taskId } = await done('POST', '/api/tasks', mine, { ...draft, inputs: [{ n: 7 }] })
    const worker = { workerId: 'bot-1' }
    const { chunk } = await done<{ chunk: Answer['body'] }>('POST', '/api/worker/next-chunk', key, worker)
    expect(chunk).toMatchObject({ taskId, chunkIndex: 0, input: { n: 7 } })
    const of = { ...worker, jobId: chunk.jobId, attempt: chunk.attempt }
    const record = (more: object) => done('POST', '/api/worker/record-chunk', key, { ...of, ...more })
    expect(await record({ progress: 50 })).toEqual({ jobId: chunk.jobId, status: 'processing', cancel: false })
    expect(await done('POST', '/api/worker/heartbeat', key, worker)).toMatchObject({ chunks: [{ jobId: chunk.jobId }] })
    const both = { ...of, result: 1, error: 'x' }
    expect(await call('POST', '/api/worker/record-chunk', key, both)).toMatchObject({ status: 400 })
    for (const _ of ['once', 'again'])
      expect(await record({ result: { ok: 7 } })).toMatchObject({ status: 'completed' })
    expect(await done('GET', `/api/tasks/${taskId}`, mine)).toMatchObject({ progress: 100, chunks: 'c' })
    expect(await done('GET', `/api/tasks/${taskId}/results?limit=5`, mine)).toMatchObject({
      ...{ results: [{ chunkIndex: 0, input: { n: 7 }, result: { ok: 7 }, reward: '950' }], next: null },
    })
    expect(await done('POST', '/api/worker/next-chunk', key, worker)).toMatchObject({ chunk: null })
  })

  test('DJ-21, DJ-22: all bots and the system at a glance, for everybody', async () => {
    const bots = await until('the bot is up', async () => {
      const { bots } = await done<{ bots: Answer['body'][] }>('GET', '/bots')
      return bots.some(({ worker_type, jobs_completed }) => worker_type === 'browser' && jobs_completed === 2) && bots
    })
    expect(bots).toContainEqual(expect.objectContaining({ status: 'up', current_jobs: 0, max_jobs: 1 }))
    expect(JSON.stringify(bots)).not.toMatch(new RegExp(`${address(provider)}|bot-1`, 'i'))
    // To an operator by their ids, which it needs to delete one.
    expect((await done<{ bots: unknown[] }>('GET', '/bots', operator)).bots).toContainEqual(
      expect.objectContaining({
        bot_id: 'bot-1',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: 'up',
        max_jobs: 1,
      }),
    )
    const summary = await until('it is counted', async () => {
      const now = await done<{ jobs: { completed: number } }>('GET', '/metrics/summary')
      return now.jobs.completed === 3 ? now : null
    })
    expect(summary).toMatchObject({ jobs: { pending: 0, processing: 0 }, bots: { up: 2, by_type: { browser: 1 } } })
  })

  test('DJ-6: a bot is down after two minutes without a heartbeat, and up with the next one', async () => {
    const silentFor = (seconds: number) =>
      world.ask(
        `update public.nodes n
            set last_seen = now() - make_interval(secs => $1), next_poll_at = now() - interval '1 hour'
          where n.hardware_id = 'bot-1' returning null as answer`,
        [seconds],
      )
    const status = async () => {
      const { bots } = await done<{ bots: { bot_id: string; status: string }[] }>('GET', '/bots', operator)
      return bots.find(({ bot_id }) => bot_id === 'bot-1')?.status
    }
    await silentFor(100)
    expect(await status()).toBe('up')
    await silentFor(120)
    expect(await status()).toBe('down')
    await done('POST', '/bots/heartbeat', key, { bot_id: 'bot-1' })
    expect(await status()).toBe('up')
  })

  test('DJ-20, DJ-25: operators alone delete a bot, and what it held is pending again', async () => {
    const { taskId } = await done('POST', '/api/tasks', mine, { ...draft, inputs: [{ n: 8 }] })
    const { job } = await done<{ job: Answer['body'] }>('POST', '/jobs/claim', key, { bot_id: 'bot-1' })
    const { bots } = await done<{ bots: { id: string; bot_id: string }[] }>('GET', '/bots', operator)
    const id = bots.find(({ bot_id }) => bot_id === 'bot-1')?.id
    for (const by of [{}, theirs, mine, key, { authorization: `Bearer ${ADMIN_TOKEN}x` }])
      expect((await call('DELETE', `/bots/${id}`, by)).status).toBe(401)
    expect(await done('GET', `/api/tasks/${taskId}`, mine)).toMatchObject({ chunks: 'r' })
    expect(await call('DELETE', `/bots/${crypto.randomUUID()}`, operator)).toMatchObject({ status: 404 })
    expect(await done('DELETE', `/bots/${id}`, operator)).toEqual({ id })
    expect(await done('GET', `/api/tasks/${taskId}`, mine)).toMatchObject({ chunks: 'p' })
    expect(await call('POST', '/bots/heartbeat', key, { bot_id: 'bot-1' })).toMatchObject({
      ...{ status: 401, body: { code: 'OB004' } },
    })
    expect(await done('GET', `/jobs/${idOf(job)}`, mine)).toMatchObject({ status: 'pending', provider: null })
  })
})

test('DJ-13: a batch of a schedule now, by whose money it is', async () => {
  const batch = { title: 'A batch', type: 'raytrace', inputs: [1, 2, 3, 4, 5], asset: 'test', acknowledgeVisible: true }
  const schedule = (price: string) =>
    customer.rpc<{ scheduleId: string }>('create_schedule', {
      p_schedule: JSON.stringify({ name: 'Batches', task: { ...batch, pricePerChunk: price } }),
    })
  const { scheduleId } = await schedule('1000')
  const populate = (by: Headers, id = scheduleId) => call('POST', '/jobs/populate', by, { schedule_id: id })
  expect(await populate(theirs)).toMatchObject({ status: 404, body: { code: 'OB040' } })
  const { status, body } = await populate(mine)
  expect(status).toBe(200)
  const jobs = await done<{ jobs: unknown[] }>('GET', `/api/jobs?action=by_brief&brief_id=${body.task_id}`, mine)
  expect(jobs.jobs).toHaveLength(5)
  await customer.rpc('cancel_task', { p_task_id: body.task_id })
  expect(await populate(mine, (await schedule('100000000')).scheduleId)).toMatchObject({
    ...{ status: 409, body: { code: 'OB007' } },
  })
})

test('a page of ours may send keys and delete, a foreign one nothing', async () => {
  const ask = (origin: string) => {
    const headers = {
      origin,
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'x-node-key',
    }
    return fetch(`${url}/bots/1`, { method: 'OPTIONS', headers })
  }
  const own = await ask('http://localhost:5173')
  expect(own.headers.get('access-control-allow-methods')).toContain('DELETE')
  for (const header of ['authorization', 'x-api-key', 'x-node-key'])
    expect(own.headers.get('access-control-allow-headers')).toContain(header)
  const foreign = await ask('https://evil.example')
  expect([foreign.status, foreign.headers.get('access-control-allow-headers')]).toEqual([403, null])
})

describe('supabase-worker', () => {
  test('SW-16, SW-17, SW-18, SW-19: pending, active, counts, and the jobs of one brief', async () => {
    const list = (query: string, by = mine) =>
      done<{ jobs: Answer['body'][]; stats: Answer['body'][] }>('GET', `/api/jobs?action=${query}`, by)
    const { jobs } = await list('pending')
    expect(jobs.length).toBeGreaterThan(0)
    expect(new Set(jobs.map(({ status }) => status))).toEqual(new Set(['pending']))
    expect((await list('active')).jobs).toEqual([])
    expect((await list('pending', theirs)).jobs).toEqual([])
    const briefId = String(jobs[0]?.task_id)
    const brief = (await list(`by_brief&brief_id=${briefId}`)).jobs
    expect(new Set(brief.map(({ task_id }) => task_id))).toEqual(new Set([briefId]))
    expect(await call('GET', `/api/jobs?action=by_brief&brief_id=${briefId}`, theirs)).toMatchObject({
      ...{ status: 404, body: { code: 'OB008' } },
    })
    const soon = { title: 'Soon', type: 'raytrace', inputs: [1], pricePerChunk: '1000', priority: 9 }
    const { taskId } = await done('POST', '/api/tasks', mine, { ...soon, asset: 'test', acknowledgeVisible: true })
    const bot = await done('POST', '/bots/register', theirs, { bot_id: 'bot-3', worker_type: 'server' })
    const key = { 'x-node-key': String(bot.node_key) }
    const { job } = await done<{ job: unknown }>('POST', '/jobs/claim', key, { bot_id: 'bot-3' })
    expect((await list('active')).jobs).toMatchObject([{ id: idOf(job), task_id: taskId, status: 'processing' }])
    expect((await list('active', theirs)).jobs).toEqual([])
    const stats = await until('they are counted', async () => {
      const { stats } = await list('stats', {})
      return stats.some(({ status, count }) => status === 'completed' && count === 3) && stats
    })
    expect(stats).toContainEqual({ type: 'raytrace', status: 'completed', count: 3 })
    for (const query of ['', '?action=all', '?action=by_brief'])
      expect((await call('GET', `/api/jobs${query}`, mine)).status).toBe(400)
  })
})

describe('briefs of supabase-worker', () => {
  type Row = { id: string; type: string; status: string; stage: number } & Answer['body']
  const order = (more: Record<string, unknown> = {}) => ({
    ...{ title: 'My Video Project', description: 'Create a video about AI', media_type: 'video', asset: 'test' },
    ...{ query: 'Generate a video about artificial intelligence', price_per_job: '1000', acknowledgeVisible: true },
    ...{ user_id: address(customer), ...more },
  })
  const post = (body: unknown, by = mine) => call('POST', '/api/briefs', by, body)
  const jobsOf = async (brief: unknown) =>
    (await done<{ jobs: Row[] }>('GET', `/api/jobs?action=by_brief&brief_id=${brief}`, mine)).jobs.reverse()

  test('SW-14, SW-15, SW-28: a brief is one task with an analysis and nothing after it; what is wrong is refused by its name', async () => {
    const png = 'https://media.example/a.png'
    const wrong: [Record<string, unknown>, string, string][] = [
      ...['title', 'query', 'media_type', 'price_per_job', 'acknowledgeVisible'].map(
        (field): [Record<string, unknown>, string, string] => [{ [field]: undefined }, 'OB005', field],
      ),
      [{ media_type: 'smell' }, 'OB005', 'media_type'],
      [{ use_pipeline: 'yes' }, 'OB005', 'use_pipeline'],
      [{ price_per_job: '1' }, 'OB005', 'price_per_job'],
      [{ media_type: 'image' }, 'OB005', 'metadata.image_url'],
      // SW-48: nobody opens an address that a stranger chose.
      [{ metadata: { video_url: 'https://media.example/a.mp4' } }, 'OB009', 'metadata.video_url'],
      [{ media_type: 'image', metadata: { image_url: png } }, 'OB009', 'metadata.image_url'],
      [{ metadata: { text: 'x'.repeat(66_000) } }, 'OB005', 'metadata'],
    ]
    for (const [more, code, field] of wrong)
      expect(await post(order(more)), `${field} ${code}`).toMatchObject({
        status: 400,
        body: { code, values: { field } },
      })
    expect(await post(order({ user_id: address(provider) }))).toMatchObject({ status: 403, body: { code: 'OB002' } })
    expect(await post(order({ user_id: address(provider) }), theirs)).toMatchObject({
      status: 409,
      body: { code: 'OB007' },
    })
    const before = await done<{ tasks: unknown[] }>('GET', '/api/tasks', mine)

    const brief = await done('POST', '/api/briefs', mine, order())
    expect(brief).toMatchObject({ stages: ['analysis'], estimated_cost: '1000' })
    expect(await jobsOf(brief.brief_id)).toMatchObject([{ id: brief.job_id, type: 'analysis', status: 'pending' }])
    const { tasks } = await done<{ tasks: unknown[] }>('GET', '/api/tasks', mine)
    expect(tasks.length - before.tasks.length).toBe(1)
    await customer.rpc('cancel_task', { p_task_id: brief.brief_id })
  })

  const context = { progress() {}, checkpoint() {}, resumed: null, random: () => 0, signal: { aborted: false } }
  /** A server node takes what there is, fetches its program by its hash as every node does, runs it, and hands the result in. */
  const work = async () => {
    const { job } = await done<{ job: (Row & { program: { kind: string; hash: string }; input: unknown }) | null }>(
      ...(['POST', '/jobs/claim', key, { bot_id: 'media' }] as const),
    )
    if (job === null) return null
    const { kind, source } = await worker.rpc<{ kind: string; source: string }>('get_program', {
      p_hash: job.program.hash,
    })
    expect([job.program.kind, kind]).toEqual(['js', 'js'])
    const { default: program } = await import(`data:text/javascript;base64,${source}`)
    const result: Record<string, unknown> = await program(job.input, context)
    await done('POST', `/jobs/${job.id}/complete`, key, { bot_id: 'media', result })
    return { type: job.type, result }
  }
  /** A server node of a wallet that holds nothing else. */
  let worker: Person
  let key: Headers
  beforeAll(async () => {
    // Whatever else is open: its node would take it.
    await world.database.query(`update public.jobs set status = 'cancelled' where status = 'pending'`)
    const [person, session] = await join()
    worker = person
    const bot = await done('POST', '/bots/register', session, { bot_id: 'media', worker_type: 'server' })
    key = { 'x-node-key': String(bot.node_key) }
  })
  const pixel =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const sound = `data:audio/wav;base64,${Buffer.concat([
    ...[Buffer.from('RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0'), Buffer.from(Uint32Array.of(8000, 16_000).buffer)],
    Buffer.from('\x02\0\x10\0data\x08\0\0\0\0\x10\0\x20\0\x10\0\x20', 'latin1'),
  ]).toString('base64')}`

  test.each<[string, string, string[], Record<string, unknown>, RegExp]>([
    [
      ...(['SW-29', 'video', ['analysis', 'asset_prep', 'video_generation', 'render'], {}] as const),
      /"format":"image\/gif","frames":12.*"video_url":"data:image\/gif;base64,R0lGODlh/,
    ],
    [
      ...(['SW-30', 'image', ['analysis', 'asset_prep', 'image_processing', 'render'], { image_url: pixel }] as const),
      /"image_url":"data:image\/png;base64,iVBOR/,
    ],
    [
      'SW-31',
      'audio',
      ['analysis', 'asset_prep', 'render'],
      { audio_url: sound },
      /"audio_url":"data:audio\/wav;base64,UklGR/,
    ],
    ['SW-32', 'text', ['analysis', 'text_analysis', 'render'], {}, /# My Video Project\\n\\n11 words in 2 sentences/],
  ] as [string, string, string[], Record<string, unknown>, RegExp][])(
    '%s, SW-19: of %s each stage is computed after the one before, and the last one has the file',
    async (_, media_type, stages, metadata, expected) => {
      const brief = await done('POST', '/api/briefs', mine, order({ media_type, metadata, use_pipeline: true }))
      expect(brief).toMatchObject({ stages, estimated_cost: String(stages.length * 1000) })
      const statuses = async () => (await jobsOf(brief.brief_id)).map(({ type, status }) => [type, status])
      let last: unknown
      for (const [number, type] of stages.entries()) {
        const now = (n: number) => (n < number ? 'completed' : n === number ? 'pending' : 'blocked')
        expect(await statuses()).toEqual(stages.map((stage, n) => [stage, now(n)]))
        const ended = await work()
        expect(ended?.type).toBe(type)
        last = ended?.result
      }
      expect(JSON.stringify(last)).toMatch(expected)
      const { results } = await done<{ results: unknown[] }>('GET', `/api/tasks/${brief.brief_id}/results`, mine)
      expect(results).toMatchObject([{ result: last }])
    },
  )

  test('SW-47, SW-48: server code makes a brief and adds a job with a source of its own to it, which costs what the brief’s cost', async () => {
    const client = createClient(options)
    const { user_id, title, query } = order()
    const { brief_id, job_id, stages } = await createBriefWithJob(client, {
      ...{ user_id, title, query, description: 'Process user query', media_type: 'text', asset: 'test' },
      ...{ price_per_job: 1000n, acknowledgeVisible: true },
    })
    expect(stages).toEqual(['analysis'])
    await work()
    const added = await createJob(client, { brief_id, type: 'analysis', metadata: { video_url: pixel } })
    expect(added).toMatchObject({ brief_id, estimate: { cost: 1000n } })
    expect((await jobsOf(brief_id)).map(({ id, type, status }) => [id, type, status])).toEqual([
      ...[
        [job_id, 'analysis', 'completed'],
        [added.job_id, 'analysis', 'pending'],
      ],
    ])
    expect((await work())?.result).toMatchObject({ mediaType: 'video', text: { words: 9 }, video: { frames: 1 } })
    const url = 'https://media.example/a.mp4'
    for (const [job, code] of [
      [{ brief_id: crypto.randomUUID(), type: 'analysis' }, 'OB008'],
      [{ brief_id, type: 'analysis', metadata: { video_url: url } }, 'OB009'],
      [{ brief_id: 'x', type: 'analysis' }, 'OB005'],
    ] as const)
      await expect(createJob(client, job), code).rejects.toMatchObject({ code })
    expect(await jobsOf(brief_id)).toHaveLength(2)
    // What is larger lies in Storage, and its node alone reads it.
    const input = { title, query, metadata: { video_url: `data:image/gif;base64,${'A'.repeat(100_000)}` } }
    const metadata = await storeInput(options, { address: address(customer), input })
    await createJob(client, { brief_id, type: 'storyboard', metadata })
    const { job } = await done<{ job: Answer['body'] }>('POST', '/jobs/claim', key, { bot_id: 'media' })
    expect(job).toMatchObject({ type: 'storyboard', input: null, input_url: expect.stringContaining(metadata.$stored) })
  })
})
