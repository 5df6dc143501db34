import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressOf, createEngine, type Engine, type Node, type Wallet } from './engine/engine.ts'

/* Whose node gets no jobs can find out why (FJ-28): each reason of the closed set, and that the node does get nothing. */

type Explanation = { reason: string; sentence: string; values: Record<string, unknown> }

let engine: Engine
let customer: Wallet
let serial = 0x1000

beforeAll(async () => {
  engine = await createEngine({ claimBudget: 'default' })
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.query(`update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'`)
})
afterAll(() => engine.drop())

const newNode = (more: Record<string, unknown> = {}, type = 'server'): Promise<Node> => {
  serial += 1
  return engine.node(addressOf(serial), 'box', type, more)
}
const explain = (node: Node) => node.rpc<Explanation>('explain_claim', { p_node_id: node.nodeId })
/** The explanation, once it is held against what a claim says. */
const refused = async (node: Node): Promise<Explanation> => {
  const why = await explain(node)
  expect((await node.cycle()).job).toBeNull()
  expect(why.sentence).toMatch(/^[A-Z].*\.$/)
  return why
}
const proven = (node: Node, budget = 4) =>
  engine.query(
    `update oblivion.owners set proven_count = 100, claim_budget = $2, budget_at = now() where address = $1`,
    [node.address, budget],
  )
const giveBack = (node: Node, job: { jobId: string; attempt: number } | null, outcome: string) =>
  node.cycle({ jobId: job?.jobId, attempt: job?.attempt, outcome, error: 'x' }, false)

test('job_waiting: nothing stands in the way', async () => {
  const node = await newNode()
  const taskId = await engine.task(customer, 1)
  expect(await explain(node)).toMatchObject({ reason: 'job_waiting', values: {} })
  expect((await node.cycle()).job).toMatchObject({ taskId })
})

test('FJ-16, FJ-28: not_online, when it was last heard more than 60 s ago, and under which hardware id it is registered', async () => {
  const node = await newNode()
  await engine.task(customer, 1)
  const silent = (seconds: number) =>
    engine.query(
      `update nodes set last_seen = now() - make_interval(secs => $2), next_poll_at = now() - interval '2 minutes' where id = $1`,
      [node.nodeId, seconds],
    )
  await silent(50)
  expect(await explain(node)).toMatchObject({ reason: 'job_waiting' })
  await silent(61)
  // A call would be a sign of life, so there is no claim to hold it against.
  expect(await explain(node)).toMatchObject({ reason: 'not_online', values: { hardwareId: 'box' } })
})

test('node_full', async () => {
  const node = await newNode({}, 'browser')
  await engine.task(customer, 2)
  await node.cycle()
  expect(await explain(node)).toMatchObject({ reason: 'node_full', values: { currentJobs: 1, maxJobs: 1 } })
})

test('owner_on_probation', async () => {
  const node = await newNode()
  const second = await engine.node(node.address, 'second', 'server')
  await engine.task(customer, 2)
  await node.cycle()
  expect(await refused(second)).toMatchObject({
    reason: 'owner_on_probation',
    values: { accepted: 0, needed: 30 },
  })
})

test('budget_spent', async () => {
  const [node, other] = [await newNode(), await newNode()]
  await engine.task(customer, 1)
  await engine.query(
    `update oblivion.owners set claim_budget = -1, budget_at = now(), claims_from = now() + interval '10 minutes' where address = $1`,
    [node.address],
  )
  expect(await refused(node)).toMatchObject({ reason: 'budget_spent', values: { until: expect.any(String) } })
  expect((await explain(other)).reason).toBe('job_waiting')
})

test('no_pending_jobs, also where all that waits is paused', async () => {
  const node = await newNode()
  expect(await refused(node)).toMatchObject({ reason: 'no_pending_jobs' })
  const taskId = await engine.task(customer, 1)
  await customer.rpc('pause_task', { p_task_id: taskId })
  expect(await refused(node)).toMatchObject({ reason: 'no_pending_jobs' })
})

test('own_tasks_only', async () => {
  const node = await engine.node(customer.address, 'box', 'server')
  await engine.task(customer, 1)
  expect(await refused(node)).toMatchObject({ reason: 'own_tasks_only' })
})

test('other_worker_type, missing_capability, price_too_high', async () => {
  const node = await newNode({ p_price_per_hour: 500 })
  const typed = await engine.task(customer, 1, { workerTypes: ['browser'] })
  expect(await refused(node)).toMatchObject({
    reason: 'other_worker_type',
    values: { workerType: 'server', wanted: ['browser'] },
  })
  await customer.rpc('cancel_task', { p_task_id: typed })
  const able = await engine.task(customer, 1, { capabilities: ['webgpu'] })
  expect(await refused(node)).toMatchObject({ reason: 'missing_capability', values: { wanted: ['webgpu'] } })
  for (const part of [0, 1])
    await engine.task(customer, 1, { capabilities: Array.from({ length: 16 }, (_, n) => `c${part * 16 + n}`) })
  expect((await refused(node)).values.wanted).toHaveLength(20)
  await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
  await customer.rpc('cancel_task', { p_task_id: able })
  await engine.task(customer, 1, { maxPricePerHour: '499' })
  expect(await refused(node)).toMatchObject({
    reason: 'price_too_high',
    values: { pricePerHour: '500', highest: '499' },
  })
})

test('buckets_full', async () => {
  const [node, other] = [await newNode(), await newNode()]
  await engine.task(customer, 2, { maxConcurrentChunks: 1 })
  await other.cycle()
  expect(await refused(node)).toMatchObject({ reason: 'buckets_full' })
})

test('not_due_yet', async () => {
  const [node, other] = [await newNode(), await newNode()]
  await engine.task(customer, 1)
  await giveBack(other, (await other.cycle()).job, 'failed')
  expect(await refused(node)).toMatchObject({ reason: 'not_due_yet', values: { until: expect.any(String) } })
})

test('offered_to_others', async () => {
  const [node, other] = [await newNode(), await newNode()]
  await engine.task(customer, 1)
  await other.rpc('next_jobs', { p_provider_address: other.address })
  expect(await refused(node)).toMatchObject({ reason: 'offered_to_others', values: { until: expect.any(String) } })
  expect((await explain(other)).reason).toBe('job_waiting')
})

test('tried_before, while somebody else could take it', async () => {
  const [node, other] = [await newNode(), await newNode()]
  await proven(node)
  await engine.task(customer, 1)
  await giveBack(node, (await node.cycle()).job, 'released')
  expect(await refused(node)).toMatchObject({ reason: 'tried_before' })
  await engine.query(
    `update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour' where id = $1`,
    [other.nodeId],
  )
  expect((await explain(node)).reason).toBe('job_waiting')
  expect((await node.cycle()).job).not.toBeNull()
})

test('A16: a call reads some hundred jobs, however many wait, and still sees the one that is free', async () => {
  const node = await newNode()
  const waits = async (sql: string): Promise<[reason: string, read: number]> => {
    await engine.query(sql)
    await engine.query('vacuum (analyze) public.jobs')
    return node.session(async ({ rpc, query }) => {
      const { reason } = await rpc<Explanation>('explain_claim', { p_node_id: node.nodeId })
      const [row] = await query<{ read: number }>(
        `select sum(pg_stat_get_xact_tuples_returned(c.oid))::int as read
           from pg_class c where c.oid = 'public.jobs'::regclass
             or c.oid in (select indexrelid from pg_index where indrelid = 'public.jobs'::regclass)`,
      )
      return [reason, row?.read ?? Number.NaN]
    })
  }
  const taskId = await engine.task(customer, 10_000)
  const readers: [string, string][] = [
    ['job_waiting', 'select'],
    ['not_due_yet', `update jobs set due = false, available_at = now() + interval '1 hour' where status = 'pending'`],
    [
      'offered_to_others',
      `update jobs set due = true, available_at = now(), offered_to = customer_owner_id, offered_until = now() + interval '1 hour'
        where status = 'pending'`,
    ],
  ]
  for (const [reason, sql] of readers) {
    const [found, read] = await waits(sql)
    expect(found).toBe(reason)
    expect(read, reason).toBeLessThan(4_000)
  }
  await engine.query(
    `update jobs set offered_to = null, offered_until = null where task_id = $1 and chunk_index = 9999`,
    [taskId],
  )
  // Behind all others: one of those is as far as a call looks.
  const [, far] = await waits(
    `update jobs set created_at = created_at - interval '1 second' where chunk_index = 9999 and status = 'pending'`,
  )
  expect(far).toBeLessThan(4_000)
  expect((await explain(node)).reason).toBe('job_waiting')
})

test('has_replica: what waits are replicas of chunks that this wallet has a part of', async () => {
  const node = await newNode()
  await proven(node)
  await engine.task(customer, 1, { trust: { replicas: 2 } })
  expect(await explain(node)).toMatchObject({ reason: 'job_waiting' })
  expect((await node.cycle()).job).not.toBeNull()
  expect(await refused(node)).toMatchObject({ reason: 'has_replica' })
  expect(await explain(await newNode())).toMatchObject({ reason: 'job_waiting' })
})
