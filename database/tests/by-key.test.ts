import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/* What a call reads: a report its own job, by its key; a claim the queue behind its own tasks. */

type Job = NonNullable<WorkCycle['job']>

let engine: Engine
let customer: Wallet
let serial = 0x1000

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(() => engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`))
afterAll(() => engine.drop())

const raised = async (): Promise<Node> => {
  serial += 1
  const node = await engine.node(addressOf(serial), 'box', 'server')
  await engine.coordinator('set_max_jobs', [node.nodeId, 100])
  return node
}
const browser = (): Promise<Node> => {
  serial += 1
  return engine.node(addressOf(serial))
}
const batch = (node: Node, reports: unknown[], limit: number): Promise<{ jobs: Job[] }> =>
  node.rpc('work_batch', { p_node_id: node.nodeId, p_done: JSON.stringify(reports), p_limit: limit })
const claim = async (node: Node, last?: Job): Promise<Job> => {
  const { job } = await node.cycle(last && done(last))
  if (job === null) throw new Error('There was no job.')
  return job
}
/** Rows that a report read in the indexes of what is in work. */
const readBy = (node: Node, call: string, args: Record<string, unknown>): Promise<number> =>
  node.session(async ({ rpc, query }) => {
    await rpc(call, args)
    const [row] = await query<{ read: number }>(
      `select sum(pg_stat_get_xact_tuples_returned(i.name::regclass))::int as read
         from unnest(array['public.jobs_open', 'public.jobs_node', 'public.jobs_lease']) as i (name)`,
    )
    return row?.read ?? Number.NaN
  })

test('a report reads its own jobs, however many are in work and whenever its plan was made', async () => {
  const [crowd, one, many] = [await raised(), await browser(), await raised()]
  await engine.task(customer, 80)
  // A plan that is made now believes that nothing is ever in work.
  await engine.query('analyze public.jobs')
  const job = await claim(one)
  const { jobs } = await batch(many, [], 5)
  await batch(crowd, [], 60)
  const cycle = await readBy(one, 'work_cycle', { p_node_id: one.nodeId, p_done: JSON.stringify(done(job)) })
  expect(cycle).toBeLessThan(10)
  const reports = JSON.stringify(jobs.map((held) => done(held)))
  const batched = await readBy(many, 'work_batch', { p_node_id: many.nodeId, p_done: reports, p_limit: 5 })
  expect(batched).toBeLessThan(10)
})

test('its own tasks at the head are passed over, one or two of them', async () => {
  const self = await engine.wallet(addressOf(0x900))
  await engine.deposit(self.address, 1_000_000n)
  const node = await engine.node(self.address)
  await engine.task(self, 20)
  const theirs = await engine.task(customer, 2)
  const first = await claim(node)
  expect(first.taskId).toBe(theirs)
  await engine.query(`update jobs set status = 'cancelled' where status = 'pending' and task_id = $1`, [theirs])
  await engine.task(self, 20)
  const later = await engine.task(customer, 1)
  expect((await claim(node, first)).taskId).toBe(later)
})

test('a customer’s newest jobs are read down the key of their task, however many it has', async () => {
  await engine.task(customer, 3_000)
  const look = (args: Record<string, unknown>) =>
    customer.session(async ({ rpc, query }) => {
      const { jobs } = await rpc<{ jobs: { chunkIndex: number }[] }>('my_jobs', args)
      const [row] = await query<{ read: number }>(
        `select sum(pg_stat_get_xact_tuples_returned(c.oid))::int as read
           from pg_class c
          where c.oid = 'public.jobs'::regclass
             or c.oid in (select i.indexrelid from pg_index i where i.indrelid = 'public.jobs'::regclass)`,
      )
      return { chunks: jobs.map(({ chunkIndex }) => chunkIndex), read: row?.read }
    })
  for (const analyzed of [false, true]) {
    if (analyzed) await engine.query('analyze public.jobs')
    const { chunks, read } = await look({ p_limit: 3 })
    expect(chunks).toEqual([2_999, 2_998, 2_997])
    expect(read).toBeLessThan(50)
  }
  // The one kind of look that reads more: for a status that few have, and no further than 10,000 jobs.
  expect((await look({ p_status: 'completed', p_limit: 1 })).chunks).toEqual([])
})
