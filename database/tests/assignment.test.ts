import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

type Assigned = { jobs: number; providers: string[]; until: string | null }

let engine: Engine
let customer: Wallet
let serial = 0x1000

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 10_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  // Those of earlier tests are gone.
  await engine.query(`update nodes set last_seen = now() - interval '1 day', next_poll_at = now() - interval '1 day'`)
})
afterAll(() => engine.drop())

/** An established provider with one node; `price` is what it asks an hour. */
const provider = async (price: number | null, { established = true, workerType = 'browser' } = {}): Promise<Node> => {
  serial += 1
  const node = await engine.node(addressOf(serial), 'box', workerType, { p_price_per_hour: price })
  if (established)
    await engine.query('update oblivion.owners set proven_count = 100 where address = $1', [node.address])
  return node
}
const providers = async (prices: (number | null)[], more = {}): Promise<Node[]> => {
  const list: Node[] = []
  for (const price of prices) list.push(await provider(price, more))
  return list
}

const assign = async (chunks: number, more = {}): Promise<Assigned> =>
  (
    await customer.rpc<{ assigned: Assigned }>('create_task', {
      p_task: JSON.stringify({
        ...{ title: 'Assigned', type: 'raytrace', pricePerChunk: '1000', acknowledgeVisible: true, assign: true },
        range: { start: 0, end: chunks },
        ...more,
      }),
    })
  ).assigned

/** How many jobs of the newest task each of these is offered. */
const offersOf = async (nodes: Node[]): Promise<number[]> => {
  const rows = await engine.query<{ address: string; count: number }>(
    `select o.address, count(*)::int as count
       from jobs j join oblivion.owners o on o.id = j.offered_to
      where j.status = 'pending' and j.offered_until > now()
      group by o.address`,
  )
  return nodes.map(({ address }) => rows.find((row) => row.address === address)?.count ?? 0)
}

const short = ({ address }: Node) => `${address.slice(0, 6)}…${address.slice(-4)}`
const seconds = (count: number) =>
  engine.query(`update jobs set offered_until = offered_until - make_interval(secs => $1) where status = 'pending'`, [
    count,
  ])

test('JM-6: a job is offered at once to the best provider that is free, and the answer says to whom, or that none is', async () => {
  expect(await assign(1)).toEqual({ jobs: 0, providers: [], until: null })
  await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
  const [cheap, dear] = await providers([10, 1000])
  if (cheap === undefined || dear === undefined) throw new Error('No nodes.')
  const { jobs, providers: to, until } = await assign(1)
  expect({ jobs, to }).toEqual({ jobs: 1, to: [short(cheap)] })
  expect(new Date(String(until)).getTime() - Date.now()).toBeGreaterThan(20_000)
  // Reserved: nobody else gets it, also not by hand.
  const [job] = await engine.query<{ id: string }>(`select id from jobs where status = 'pending'`)
  expect((await dear.cycle()).job).toBeNull()
  expect(await dear.rpc('claim_job_fair', { p_job_id: job?.id, p_provider_address: dear.address })).toBe(false)
  expect((await cheap.cycle()).job).not.toBeNull()
})

test('a task that does not ask for it is open to all', async () => {
  await provider(10)
  const answer = await customer.rpc<Record<string, unknown>>('create_task', {
    p_task: JSON.stringify({
      ...{ title: 'Open', type: 'raytrace', pricePerChunk: '1000', acknowledgeVisible: true },
      range: { start: 0, end: 1 },
    }),
  })
  expect(answer).not.toHaveProperty('assigned')
  expect(await engine.query(`select from jobs where status = 'pending' and offered_to is not null`)).toEqual([])
  await expect(assign(1, { assign: 'yes' })).rejects.toMatchObject({ code: 'OB005' })
})

test('JM-20: only who is online, free and within maxPricePerHour is offered anything', async () => {
  const [offline, busy, tooDear, onProbation] = [
    ...(await providers([1, 1, 500])),
    await provider(1, { established: false }),
  ]
  const fits = await provider(50)
  if (!offline || !busy || !tooDear || !onProbation) throw new Error('No nodes.')
  await engine.query(
    `update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour' where id = $1`,
    [offline.nodeId],
  )
  await engine.query('update nodes set current_jobs = max_jobs where id = $1', [busy.nodeId])
  expect((await assign(3, { maxPricePerHour: '100' })).jobs).toBe(1)
  expect(await offersOf([offline, busy, tooDear, onProbation, fits])).toEqual([0, 0, 0, 0, 1])
})

test('newcomers are offered one job each where nobody established is free', async () => {
  const newcomers = await providers([1, 2, 3], { established: false, workerType: 'server' })
  expect((await assign(30)).jobs).toBe(3)
  expect(await offersOf(newcomers)).toEqual([1, 1, 1])
})

test('JM-21: the cheaper half first, and in it the least busy', async () => {
  const [cheap, busy, dear, dearest] = await providers([10, 10, 30, 30], { workerType: 'server' })
  if (!cheap || !busy || !dear || !dearest) throw new Error('No nodes.')
  await engine.query('update nodes set current_jobs = 1 where id = $1', [busy.nodeId])
  await assign(1)
  expect(await offersOf([cheap, busy, dear, dearest])).toEqual([1, 0, 0, 0])
  // Offers count as work: the next goes to the one that is now as busy, or to the first again, then to the dearer.
  await engine.query('update oblivion.settings set assign_share = 1')
  await assign(3)
  expect(await offersOf([cheap, busy])).toEqual([2, 1])
  expect((await offersOf([dear, dearest])).toSorted()).toEqual([0, 1])
  await engine.query('update oblivion.settings set assign_share = 0.2')
})

test('JM-22: who is offered a job is busy for the next task', async () => {
  const [a, b] = await providers([10, 10])
  if (!a || !b) throw new Error('No nodes.')
  const first = await assign(1)
  const second = await assign(1)
  expect([...first.providers, ...second.providers].toSorted()).toEqual([short(a), short(b)].toSorted())
  expect((await assign(1)).jobs).toBe(0)
})

test('JM-7: a node is told what it holds and is offered: at most five, oldest first', async () => {
  const node = await provider(10, { workerType: 'server' })
  await engine.query('update nodes set max_jobs = 7 where id = $1', [node.nodeId])
  for (let n = 0; n < 7; n += 1) await assign(1)
  await node.cycle()
  const ids = await engine.query<{ id: string }>(
    `select id from jobs where status in ('pending', 'processing') order by created_at`,
  )
  const { jobs } = await node.rpc<{ jobs: { jobId: string; status: string }[] }>('node_jobs')
  expect(ids).toHaveLength(7)
  expect(jobs.map(({ jobId, status }) => [jobId, status])).toEqual(
    ids.slice(0, 5).map(({ id }, place) => [id, place === 0 ? 'processing' : 'pending']),
  )
})

describe('what Realtime tells', () => {
  /** What was sent after so many seconds, but for the digests, which more than assigned jobs have. */
  const sent = async (topic: string, seconds = 5) => {
    await engine.query(`update oblivion.network_stats set next_at = '-infinity'`)
    await engine.coordinator('refresh_network_stats')
    await engine.query('update oblivion.marketplace_updates set sent_at = now() - make_interval(secs => $1)', [seconds])
    await engine.coordinator('send_task_digests')
    return engine.query(
      `delete from realtime.messages where topic = $1 and event <> 'digest' returning event, payload - 'id' as payload`,
      [topic],
    )
  }

  test('JM-18: JOB_PROGRESS when a job has changed, JOB_COMPLETED when it has ended, to its customer, and never how far it is (M12)', async () => {
    const node = await provider(10)
    for (const outcome of ['succeeded', 'failed']) {
      await assign(1, { maxAttempts: 1 })
      const [row] = await engine.query<{ jobId: string; taskId: string }>(
        `select id as "jobId", task_id as "taskId" from jobs where status = 'pending'`,
      )
      const topic = `task:${row?.taskId}`
      const event = (name: string) => [{ event: name, payload: row }]
      expect(await sent(topic)).toEqual(event('JOB_PROGRESS'))
      const { job } = await node.cycle()
      if (job === null) throw new Error('No job.')
      expect(await sent(topic)).toEqual(event('JOB_PROGRESS'))
      const at = { p_node_id: node.nodeId, p_job_id: job.jobId, p_attempt: job.attempt }
      for (const p_progress of [0.25, 0.5]) {
        await node.rpc('heartbeat', { ...at, p_progress })
        expect(await sent(topic)).toEqual([])
      }
      await node.cycle({ ...done(job), outcome, error: 'no' }, false)
      expect(await sent(topic)).toEqual(event('JOB_COMPLETED'))
      expect(await sent(topic)).toEqual([])
    }
  })

  test('JM-22: how many are free, once that has changed and every 5 s at most', async () => {
    const event = (idle: number) => {
      const figures = { online: 1, working: 1 - idle, idle, byType: { browser: 1, server: 0, python: 0 } }
      return [{ event: 'MARKETPLACE_UPDATE', payload: figures }]
    }
    await sent('network')
    const node = await provider(10)
    expect(await sent('network')).toEqual(event(1))
    expect(await sent('network')).toEqual([])
    await assign(1)
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    expect(await sent('network', 4)).toEqual([])
    expect(await sent('network')).toEqual(event(0))
    await node.cycle(done(job), false)
    expect(await sent('network')).toEqual(event(1))
  })
})

test('JM-23: after 30 seconds the job is open to every provider that suits', async () => {
  const [absent, other] = await providers([10, 20])
  if (!absent || !other) throw new Error('No nodes.')
  await assign(1)
  expect(await offersOf([absent])).toEqual([1])
  await seconds(28)
  expect((await other.cycle()).job).toBeNull()
  await seconds(2)
  expect((await other.cycle()).job).not.toBeNull()
})

test('what cannot be offered is open to all at once', async () => {
  const first = await provider(10)
  const late = await provider(10, { established: false })
  expect((await assign(2)).jobs).toBe(1)
  expect(await offersOf([first])).toEqual([1])
  expect((await late.cycle()).job).not.toBeNull()
  expect((await first.cycle()).job).not.toBeNull()
})

test('no more is offered than the bucket lets be in work', async () => {
  await providers(Array.from({ length: 10 }, () => 10))
  expect((await assign(10, { maxConcurrentChunks: 4 })).jobs).toBe(4)
})

test('T6: a colluder at price 0 is offered no more than the lot gives it, and at most a fifth', async () => {
  const colluder = await provider(0)
  const honest = await providers(Array.from({ length: 9 }, (_, n) => 50 + 10 * n))
  const draws = 60
  let won = 0
  for (let n = 0; n < draws; n += 1) {
    await assign(1)
    won += (await offersOf([colluder]))[0] ?? 0
    await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
  }
  // The lot of the cheaper half: one in five, and four standard deviations. Ordered by price alone it would win all.
  expect(won / draws).toBeLessThan(0.2 + 4 * Math.sqrt((0.2 * 0.8) / draws))
  expect(won).toBeGreaterThan(0)

  // With room for everything, a fifth of the task's jobs.
  await engine.query('update nodes set max_jobs = 1000 where id = $1', [colluder.nodeId])
  await engine.query('update nodes set max_jobs = 5 where id = any ($1)', [honest.map(({ nodeId }) => nodeId)])
  await assign(50)
  expect(await offersOf([colluder])).toEqual([10])
  expect((await offersOf(honest)).reduce((sum, count) => sum + count, 0)).toBe(40)
})

test('T6: replicas are never assigned by price', async () => {
  await expect(assign(1, { trust: { replicas: 2 } })).rejects.toMatchObject({
    code: 'OB005',
    detail: expect.stringContaining('replicas'),
  })
})
