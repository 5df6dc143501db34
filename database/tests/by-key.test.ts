import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * What a call reads: a report its own job, by its key; a claim the queue behind what is not for its node, once, and
 * without a lock of it.
 */

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

test('JM-30: a customer’s newest jobs, 50 where it is not said, are read down the key of their task, however many it has', async () => {
  await engine.task(customer, 3_000)
  const look = (args: Record<string, unknown>) =>
    customer.session(async ({ rpc, query }) => {
      const seen = async () => {
        const [row] = await query<{ read: number }>(
          `select sum(pg_stat_get_xact_tuples_returned(c.oid))::int as read
             from pg_class c
            where c.oid = 'public.jobs'::regclass
               or c.oid in (select i.indexrelid from pg_index i where i.indrelid = 'public.jobs'::regclass)`,
        )
        return row?.read ?? Number.NaN
      }
      // What its connection did before is counted with it.
      const before = await seen()
      const { jobs } = await rpc<{ jobs: { chunkIndex: number }[] }>('my_jobs', args)
      return { chunks: jobs.map(({ chunkIndex }) => chunkIndex), read: (await seen()) - before }
    })
  for (const analyzed of [false, true]) {
    if (analyzed) await engine.query('analyze public.jobs')
    const { chunks, read } = await look({ p_limit: 3 })
    expect(chunks).toEqual([2_999, 2_998, 2_997])
    expect(read).toBeLessThan(50)
  }
  expect((await look({})).chunks).toEqual(Array.from({ length: 50 }, (_, place) => 2_999 - place))
  // The one kind of look that reads more: for a status that few have, and no further than 10,000 jobs.
  expect((await look({ p_status: 'failed', p_limit: 1 })).chunks).toEqual([])
})

describe('what is passed over', () => {
  /** `count` tasks like that one, a second apart and with one waiting job each, before all that is posted from now on. */
  const crowd = async (like: string, count: number, startsMsAgo = 3_600_000): Promise<string[]> => {
    const rows = await engine.query<{ id: string }>(
      `with posted as (
         insert into oblivion.tasks (owner_id, title, type, program, program_keys, chunk_count, asset, instance_id,
           price_per_chunk, fee_bps, budget, max_attempts, timeout_seconds, priority, capabilities, max_concurrent_chunks, created_at)
         select t.owner_id, t.title, t.type, t.program, t.program_keys, t.chunk_count, t.asset, t.instance_id,
                t.price_per_chunk, t.fee_bps, t.budget, t.max_attempts, t.timeout_seconds, 5, t.capabilities, t.max_concurrent_chunks,
                now() + (g * 1000 - $3::int) * interval '1 millisecond'
           from oblivion.tasks t, generate_series(1, $2::int) g where t.id = $1
         returning id, owner_id, type, created_at
       ), chunks as (
         insert into oblivion.chunks (task_id, chunk_index, input) select id, 0, '1' from posted)
       insert into jobs (task_id, chunk_index, type, priority, customer_owner_id, created_at)
       select id, 0, type, 5, owner_id, created_at from posted
       returning task_id as id`,
      [like, count, startsMsAgo],
    )
    return rows.map(({ id }) => id)
  }
  beforeEach(async () => {
    await engine.query(`update oblivion.tasks set status = 'cancelled', finished_at = now() where status = 'running'`)
    // Else the rows of the tests before are read as well.
    await engine.query('vacuum (analyze) public.jobs')
  })
  const odd = { capabilities: ['webgpu'] }
  /** As if another owner had failed these jobs a moment ago. */
  const tried = async (taskIds: string[]) => {
    const { address } = await browser()
    await engine.query(
      `update jobs j set attempt = 1, available_at = now(), excluded_owner_id = o.id, excluded_owner_ids = array[o.id], moves = j.moves + 1
         from oblivion.owners o where o.address = $2 and j.task_id = any ($1)`,
      [taskIds, address],
    )
  }
  /** What a call of the node answers, how many rows it read by these indexes, and how many locks it held at its end. */
  const cost = <T>(node: Node, indexes: string[], call: string, args: Record<string, unknown>) =>
    node.session(async ({ rpc, query }) => {
      const seen = async () => {
        const [row] = await query<{ read: number; locks: number }>(
          `select (select count(*)::int from pg_locks where pid = pg_backend_pid() and locktype = 'advisory') as locks,
                  (select sum(pg_stat_get_xact_tuples_returned(('public.' || i)::regclass))::int from unnest($1::text[]) i) as read`,
          [indexes],
        )
        return row ?? { read: Number.NaN, locks: Number.NaN }
      }
      // What its connection did before is counted with it.
      const before = await seen()
      const answer = await rpc<T>(call, args)
      const after = await seen()
      return { answer, read: after.read - before.read, locks: after.locks }
    })
  const fresh = ['jobs_claim']
  const retried = ['jobs_retry', 'jobs_retry_owner']
  const inWork = ['jobs_open', 'jobs_lease', 'jobs_node']
  const nodes = [
    'nodes_pkey',
    'nodes_key_hash_key',
    'nodes_owner_id_hardware_id_key',
    'nodes_site',
    'nodes_payee',
    'nodes',
  ]
  const poll = (node: Node, ...indexes: string[]) =>
    cost<WorkCycle>(node, indexes, 'work_cycle', { p_node_id: node.nodeId, p_done: null })
  const locked = async (taskIds: string[]) => {
    const [row] = await engine.query<{ count: number }>(
      `select count(*)::int from jobs where task_id = any ($1) and status = 'pending' and xmax::text not in ('0', xmin::text)`,
      [taskIds],
    )
    return row?.count
  }

  test('replicas that were set aside for one owner, by another of its cluster: once each, by their key', async () => {
    const [first, second, third] = [await browser(), await browser(), await browser()]
    const taskId = await engine.task(customer, 150, { trust: { replicas: 2 } })
    await engine.query(
      `with done as (
         update jobs set status = 'cancelled' where task_id = $1 and replica = 0 returning id, chunk_index)
       insert into oblivion.replica_owners (job_id, task_id, chunk_index, stage, cluster_id)
       select d.id, $1, d.chunk_index, 0, n.owner_id from done d, nodes n where n.id = $2`,
      [taskId, second.nodeId],
    )
    await engine.query(
      `update jobs j set excluded_owner_id = n.owner_id, excluded_owner_ids = array[n.owner_id], moves = j.moves + 1
         from nodes n where n.id = $2 and j.task_id = $1 and replica = 1`,
      [taskId, first.nodeId],
    )
    const { answer, read, locks } = await poll(second, ...retried)
    expect(answer.job).toBeNull()
    expect(read).toBeLessThan(600)
    expect(locks).toBeLessThan(10)
    expect((await poll(third)).answer.job).toMatchObject({ taskId })
  })

  test('full buckets: no lock of theirs is taken, and one of their jobs', async () => {
    const [node, holder] = [await browser(), await raised()]
    const like = await engine.task(customer, 2, { maxConcurrentChunks: 1 })
    const full = await crowd(like, 60)
    await engine.query(
      `insert into jobs (task_id, chunk_index, type, priority, customer_owner_id, created_at, status, attempt, node_id,
         provider_address, started_at, lease_expires_at)
       select j.task_id, 1, j.type, j.priority, j.customer_owner_id, j.created_at, 'processing', 1, n.id, n.provider_address,
              now(), now() + interval '1 minute'
         from jobs j, nodes n where j.task_id = any ($1) and n.id = $2`,
      [full, holder.nodeId],
    )
    await engine.query(`update jobs set status = 'cancelled' where task_id = $1`, [like])
    const behind = await engine.task(customer, 2)
    const { answer, locks } = await poll(node)
    expect(answer.job).toMatchObject({ taskId: behind })
    // The owner's.
    expect(locks).toBe(1)
    expect(await locked(full)).toBeLessThanOrEqual(1)
    // And where others have tried them.
    await tried(full)
    const again = await poll(await browser())
    expect(again.answer.job).toMatchObject({ taskId: behind })
    expect(again.locks).toBe(1)
    expect(await locked(full)).toBe(0)
    // One of them is given out as soon as there is room.
    const [freed] = full
    await engine.query(`update jobs set status = 'cancelled' where task_id = $1 and status = 'processing'`, [freed])
    expect((await poll(await browser())).answer.job).toMatchObject({ taskId: freed })
  })

  test('a bucket is counted by its task, whenever the plan was made', async () => {
    const [node, holder] = [await browser(), await raised()]
    await engine.query('analyze public.jobs')
    await engine.task(customer, 60)
    await batch(holder, [], 60)
    const capped = await engine.task(customer, 2, { maxConcurrentChunks: 1 })
    const { answer, read } = await poll(node, ...inWork)
    expect(answer.job).toMatchObject({ taskId: capped })
    expect(read).toBeLessThan(10)
  })

  test('what does not suit the node, between what is offered to others: one of their jobs is locked', async () => {
    const [node, other] = [await browser(), await browser()]
    const [needy, easy] = [await engine.task(customer, 1, odd), await engine.task(customer, 1)]
    const unsuited = await crowd(needy, 100)
    const offered = await crowd(easy, 100, 3_599_500)
    await engine.query(
      `update jobs j set offered_to = n.owner_id, offered_until = now() + interval '1 hour', moves = j.moves + 1
         from nodes n where n.id = $2 and j.task_id = any ($1)`,
      [[...offered, easy], other.nodeId],
    )
    const behind = await engine.task(customer, 1)
    const { answer, read } = await poll(node, ...fresh)
    expect(answer.job).toMatchObject({ taskId: behind })
    expect(await locked(unsuited)).toBeLessThanOrEqual(1)
    expect(read).toBeLessThan(1000)
  })

  test('a batch, and a look at several jobs, pass over it once', async () => {
    const node = await raised()
    await crowd(await engine.task(customer, 1, odd), 300)
    const behind = await engine.task(customer, 60)
    const batched = await cost<{ jobs: Job[] }>(node, fresh, 'work_batch', {
      ...{ p_node_id: node.nodeId, p_done: '[]', p_limit: 40 },
    })
    expect(batched.answer.jobs.map(({ taskId, chunkIndex }) => [taskId, chunkIndex])).toEqual(
      Array.from({ length: 40 }, (_, index) => [behind, index]),
    )
    expect(batched.read).toBeLessThan(1500)
    const looked = await cost<unknown[]>(node, fresh, 'next_jobs', {
      ...{ p_provider_address: node.address, p_limit: 10 },
    })
    expect(looked.answer).toHaveLength(10)
    expect(looked.read).toBeLessThan(1000)
  })

  test('of what has become due, a batch takes a hundred more only while they bring it something', async () => {
    const node = await raised()
    const waiting = await crowd(await engine.task(customer, 1, odd), 250)
    await engine.query('update jobs set due = false, moves = moves + 1 where task_id = any ($1)', [waiting])
    // An empty call may rescue as well, which promotes for itself.
    await engine.query(`update oblivion.rescue_pass set last_at = 'infinity'`)
    await batch(node, [], 40)
    await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
    expect(
      await engine.query('select count(*)::int from jobs where task_id = any ($1) and not due', [waiting]),
    ).toEqual([{ count: 150 }])
  })

  describe('what is kept for the proven', () => {
    const proven = async () => {
      const node = await browser()
      await engine.query('update oblivion.owners set proven_count = 100 where address = $1', [node.address])
      return node
    }
    beforeEach(() => engine.query(`update nodes set last_seen = '2026-01-01', next_poll_at = '2026-01-01'`))

    test('is asked for once a task', async () => {
      const [newcomer, served] = [await browser(), await proven()]
      const taskId = await engine.task(customer, 1000)
      await tried([taskId])
      const { answer, read } = await poll(newcomer, ...nodes)
      expect(answer.job).toBeNull()
      expect(read).toBeLessThan(300)
      expect((await poll(served)).answer.job).toMatchObject({ taskId })
    })

    test('and of twenty tasks a call; what nobody took for two minutes goes to anybody all the same', async () => {
      const [newcomer, served] = [await browser(), await proven()]
      const tasks = await crowd(await engine.task(customer, 1), 1000)
      await tried(tasks)
      await engine.query(`update jobs set status = 'cancelled' where status = 'pending' and attempt = 0`)
      const { answer, read } = await poll(newcomer, ...nodes)
      expect(answer.job).toBeNull()
      expect(read).toBeLessThan(900)
      expect((await poll(newcomer, ...retried)).read).toBeLessThan(5000)
      const last = tasks.at(-1)
      await engine.query(`update jobs set available_at = now() - interval '3 minutes' where task_id = $1`, [last])
      expect((await poll(newcomer)).answer.job).toMatchObject({ taskId: last })
      expect((await poll(served)).answer.job).toMatchObject({ taskId: tasks[0] })
    })
  })
})
