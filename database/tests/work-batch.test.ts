import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/* work_batch: array in, array out, for server nodes whose cap an operator raised; each report with its own answer. */

type Job = NonNullable<WorkCycle['job']>
type Batch = {
  done: { jobId: string; attempt: number; accepted: boolean; reason: string | null }[]
  jobs: Job[]
  retryMs: number
}

let engine: Engine
let customer: Wallet
let node: Node
let serial = 0x1000

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  node = await raised(20)
})
afterAll(() => engine.drop())

const raised = async (cap: number): Promise<Node> => {
  serial += 1
  const made = await engine.node(addressOf(serial), 'box', 'server')
  await engine.coordinator('set_max_jobs', [made.nodeId, cap])
  return made
}
const batch = (by: Node, reports: unknown[], limit: number): Promise<Batch> =>
  by.rpc('work_batch', { p_node_id: by.nodeId, p_done: JSON.stringify(reports), p_limit: limit })
const currentJobs = async (of: Node) => {
  const [row] = await engine.query(
    `select current_jobs, (select count(*)::int from jobs j where j.node_id = n.id) as held, total_jobs_completed::int as total
       from nodes n where id = $1`,
    [of.nodeId],
  )
  return row
}

test('gives as many as are asked for, takes them all back done, and pays each once', async () => {
  const taskId = await engine.task(customer, 30)
  const first = await batch(node, [], 15)
  expect(first.jobs.map(({ chunkIndex }) => chunkIndex)).toEqual(Array.from({ length: 15 }, (_, index) => index))
  expect(await currentJobs(node)).toEqual({ current_jobs: 15, held: 15, total: 0 })
  const second = await batch(
    node,
    first.jobs.map((job) => done(job)),
    20,
  )
  expect(second.done).toEqual(
    first.jobs.map(({ jobId, attempt }) => ({ jobId, attempt, accepted: true, reason: null })),
  )
  expect(second.jobs).toHaveLength(15)
  expect(await currentJobs(node)).toEqual({ current_jobs: 15, held: 15, total: 15 })
  const third = await batch(
    node,
    [...first.jobs, ...second.jobs].map((job) => done(job)),
    0,
  )
  expect(third.done.every(({ accepted }) => accepted)).toBe(true)
  expect(third.jobs).toEqual([])
  expect(await currentJobs(node)).toEqual({ current_jobs: 0, held: 0, total: 30 })
  const [paid] = await engine.query(
    `select count(*)::int as receipts, count(distinct job_id)::int as jobs from oblivion.receipts where task_id = $1`,
    [taskId],
  )
  expect(paid).toEqual({ receipts: 30, jobs: 30 })
  expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ status: 'completed', held: '0' })
})

test('ends its tasks itself, also those that it ends in several ways, and refunds the rest', async () => {
  const [plain, capped, open] = [
    await engine.task(customer, 4),
    await engine.task(customer, 3, { maxConcurrentChunks: 5 }),
    await engine.task(customer, 9, { maxConcurrentChunks: 2 }),
  ]
  const { jobs } = await batch(node, [], 20)
  expect(jobs).toHaveLength(9)
  await batch(
    node,
    jobs.map((job) => done(job)),
    0,
  )
  const ended = await engine.query(
    `select t.id, t.status, oblivion.balance_of(a.id)::int as held
       from oblivion.tasks t join oblivion.accounts a on a.task_id = t.id where t.id = any ($1)`,
    [[plain, capped, open]],
  )
  const by = new Map(ended.map((row) => [row.id, row]))
  expect(by.get(plain)).toMatchObject({ status: 'completed', held: 0 })
  expect(by.get(capped)).toMatchObject({ status: 'completed', held: 0 })
  expect(by.get(open)).toMatchObject({ status: 'running' })
})

test('a job that is reported twice counts by its first report', async () => {
  await engine.task(customer, 3)
  const [first, second, third] = (await batch(node, [], 3)).jobs
  if (!first || !second || !third) throw new Error('Too few jobs.')
  const released = { jobId: first.jobId, attempt: first.attempt, outcome: 'released' }
  const { done: answers } = await batch(
    node,
    [released, done(first), done(second), done(second), done(third), { ...released, jobId: third.jobId }],
    0,
  )
  expect(answers.map(({ accepted, reason }) => reason ?? accepted)).toEqual([
    true,
    'stale_attempt',
    true,
    true,
    true,
    'stale_attempt',
  ])
  expect(await currentJobs(node)).toEqual({ current_jobs: 0, held: 0, total: 2 })
})

test('takes what lies at the head of the queue in its order, whatever stands between', async () => {
  const own = await engine.wallet(addressOf(serial))
  await engine.deposit(addressOf(serial), 1_000_000n)
  const [late, capped, early] = [
    await engine.task(customer, 5, { priority: 1 }),
    await engine.task(customer, 5, { priority: 5, maxConcurrentChunks: 3 }),
    await engine.task(customer, 2, { priority: 9 }),
  ]
  await engine.task(own, 4, { priority: 7 })
  const { jobs } = await batch(node, [], 8)
  const count = (taskId: string) => jobs.filter((job) => job.taskId === taskId).length
  expect([early, capped, late].map(count)).toEqual([2, 3, 3])
  expect(await currentJobs(node)).toMatchObject({ current_jobs: 8, held: 8 })
})

test('answers each report for itself', async () => {
  await engine.task(customer, 6)
  const other = await raised(5)
  const [foreign] = (await batch(other, [], 1)).jobs
  const [good, wrong, failed, released, late] = (await batch(node, [], 5)).jobs
  if (!good || !wrong || !failed || !released || !late || !foreign) throw new Error('Too few jobs.')
  const missing = { ...good, jobId: '00000000-0000-4000-8000-000000000000' }
  const { done: answers, jobs } = await batch(
    node,
    [
      done(good),
      { ...done(wrong), resultHash: '0'.repeat(64) },
      { jobId: failed.jobId, attempt: failed.attempt, outcome: 'failed', error: 'x' },
      { jobId: released.jobId, attempt: released.attempt, outcome: 'released' },
      done({ ...late, attempt: 7 }),
      done(foreign),
      done(missing),
      done(good),
    ],
    0,
  )
  expect(answers.map(({ accepted, reason }) => reason ?? accepted)).toEqual([
    true,
    'hash_mismatch',
    true,
    true,
    'stale_attempt',
    'stale_attempt',
    'job_not_found',
    true,
  ])
  expect(jobs).toEqual([])
  expect(await currentJobs(node)).toEqual({ current_jobs: 1, held: 1, total: 1 })
  expect(await currentJobs(other)).toEqual({ current_jobs: 1, held: 1, total: 0 })
})

test('never goes above the cap of the node or of a bucket, also under races', async () => {
  await engine.task(customer, 100, { maxConcurrentChunks: 12 })
  const other = await raised(20)
  const answers = await Promise.all([node, node, node, other, other].map((by) => batch(by, [], 9)))
  expect(answers.flatMap(({ jobs }) => jobs)).toHaveLength(12)
  await engine.task(customer, 100, { priority: 9 })
  await Promise.all([node, node, node, node].map((by) => batch(by, [], 9)))
  expect(await currentJobs(node)).toMatchObject({ current_jobs: 20, held: 20 })
})

test('batches and cancels at once do not wait for each other', async () => {
  for (let round = 0; round < 10; round += 1) {
    const taskId = await engine.task(customer, 20)
    const { jobs } = await batch(node, [], 20)
    expect(jobs).toHaveLength(20)
    const [{ done: answers }] = await Promise.all([
      batch(
        node,
        jobs.toReversed().map((job) => done(job)),
        0,
      ),
      customer.rpc('cancel_task', { p_task_id: taskId }),
    ])
    expect(answers.every(({ accepted }) => accepted)).toBe(true)
  }
})

test('is refused to a node whose cap nobody raised, and outlasts registering again as a server', async () => {
  const plain = await engine.node(addressOf(0x900), 'box', 'server')
  await expect(batch(plain, [], 1)).rejects.toMatchObject({ code: 'OB018' })
  const tab = await engine.node(addressOf(0x901), 'tab', 'browser')
  await expect(engine.coordinator('set_max_jobs', [tab.nodeId, 5])).rejects.toMatchObject({ code: 'OB003' })
  await engine.coordinator('set_max_jobs', [plain.nodeId, 5])
  await engine.task(customer, 9)
  const again = await engine.node(addressOf(0x900), 'box', 'server')
  expect((await batch(again, [], 9)).jobs).toHaveLength(5)
  await engine.coordinator('set_max_jobs', [plain.nodeId, null])
  await expect(batch(again, [], 1)).rejects.toMatchObject({ code: 'OB018' })
  await engine.coordinator('set_max_jobs', [plain.nodeId, 5])
  const asTab = await engine.node(addressOf(0x900), 'box', 'browser')
  await expect(batch(asTab, [], 1)).rejects.toMatchObject({ code: 'OB018' })
})

test.each([
  ['a report that is no object', [1], 'p_done[0]'],
  ['one without an attempt', [{ jobId: '00000000-0000-4000-8000-000000000000' }], 'p_done[0]'],
  ['too many', Array.from({ length: 1001 }, () => ({})), 'p_done'],
])('%s is refused by its place', async (_, reports, field) => {
  await expect(batch(node, reports, 1)).rejects.toMatchObject({ code: 'OB005', detail: expect.stringContaining(field) })
})

test('limits are numbers from 0 to 1000', async () => {
  await expect(batch(node, [], -1)).rejects.toMatchObject({ code: 'OB005' })
  await expect(batch(node, [], 1001)).rejects.toMatchObject({ code: 'OB005' })
})
