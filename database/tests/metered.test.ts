import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BRIDGE, openEmbedding } from './engine/embedding.ts'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * M11: pay by time. What a run took is set by hand, by moving its claim into the past; the few milliseconds that the test
 * itself takes are in it, so what is expected is reckoned from the times of the receipt.
 */

type Job = NonNullable<WorkCycle['job']>
type Paid = { price: number; fee: number; reward: number; ms: number }

const HOUR = 3_600_000
const CAP = 20_000
const FLOOR = 100
/** A unit for each 20 ms. */
const RATE = 180_000

let engine: Engine
let customer: Wallet
let serial = 0x1000

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.coordinator('run_rescue')
  await engine.query(`update nodes set last_seen = now() - interval '1 day', next_poll_at = now() - interval '1 day'`)
})
afterAll(() => engine.drop())

type Kind = { rate?: number | null; established?: boolean; workerType?: string }
const provider = async ({ rate = RATE, established = true, workerType = 'server' }: Kind = {}): Promise<Node> => {
  serial += 1
  const node = await engine.node(addressOf(serial), 'box', workerType, { p_price_per_hour: rate })
  if (established)
    await engine.query('update oblivion.owners set proven_count = 100 where address = $1', [node.address])
  return node
}
const providers = (count: number, kind: Kind = {}): Promise<Node[]> =>
  Promise.all(Array.from({ length: count }, () => provider(kind)))
const metered = (chunks: number, more: Record<string, unknown> = {}): Promise<string> =>
  engine.task(customer, chunks, { pricePerChunk: undefined, metered: { maxPricePerChunk: `${CAP}` }, ...more })

const claim = async (node: Node): Promise<Job> => {
  const { job } = await node.cycle()
  if (job === null) throw new Error('The node got nothing.')
  return job
}
const takes = ({ jobId }: Job, seconds: number) =>
  engine.query('update jobs set started_at = started_at - make_interval(secs => $2) where id = $1', [jobId, seconds])
const paid = async ({ jobId }: Job): Promise<Paid> => {
  const [row] = await engine.query<Paid>(
    `select r.price::int, r.fee::int, (r.price - r.fee)::int as reward,
            floor(extract(epoch from coalesce(s.delivered_at, r.accepted_at) - r.started_at) * 1000)::int as ms
       from oblivion.receipts r left join oblivion.stored_results s on s.job_id = r.job_id
      where r.job_id = $1`,
    [jobId],
  )
  if (row === undefined) throw new Error('It was not paid.')
  return row
}
/** One chunk from its claim to its receipt. */
const run = async (node: Node, seconds: number): Promise<Paid> => {
  const job = await claim(node)
  await takes(job, seconds)
  expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
  return paid(job)
}
const rateOf = async ({ jobId }: { jobId: string }): Promise<number | null> => {
  const [row] = await engine.query<{ rate: number | null }>(
    'select price_per_hour::int as rate from jobs where id = $1',
    [jobId],
  )
  return row?.rate ?? null
}
const view = (taskId: string) => customer.rpc<Record<string, unknown>>('get_task', { p_task_id: taskId })
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
const middle = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const [a = Number.NaN, b = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (a + b) / 2
}
/** What a run is paid, told once more. */
const priceOf = (ms: number, others: number[] = [], { rate = RATE, cap = CAP, timeout = 300 } = {}): number => {
  const billable = Math.min(ms, timeout * 1000, others.length > 0 ? Math.floor(1.5 * middle(others)) : ms)
  return Math.min(cap, Math.max(FLOOR, Math.floor((rate * billable) / HOUR)))
}

describe('a task', () => {
  test('is posted by its cap: that is held, and told as the most', async () => {
    const answer = await customer.rpc<Record<string, unknown>>('create_task', {
      p_task: JSON.stringify({
        ...{ title: 'By time', type: 'raytrace', inputs: [1, 2, 3], acknowledgeVisible: true },
        metered: { maxPricePerChunk: '20000' },
      }),
    })
    expect(answer).toMatchObject({
      terms: { metered: true },
      estimate: { cost: '60000', fee: '3000', reward: '57000' },
    })
    const told = { metered: true, pricePerChunk: '20000', budget: '60000', held: '60000', spent: '0' }
    expect(await view(String(answer.taskId))).toMatchObject({ ...told, terms: { metered: true } })
    expect(await customer.rpc('list_tasks', { p_limit: 1 })).toMatchObject([told])
    expect(await view(await engine.task(customer, 1))).toMatchObject({ metered: false, terms: { metered: false } })
  })

  test.each([
    ['both prices', { pricePerChunk: '1000', metered: { maxPricePerChunk: '1000' } }, 'pricePerChunk', 'either'],
    ['no price', {}, 'pricePerChunk', 'either'],
    ['no price in words', { pricePerChunk: null, metered: null }, 'pricePerChunk', 'either'],
    ['a list', { metered: ['1000'] }, 'metered', 'shape'],
    ['a number', { metered: 1000 }, 'metered', 'shape'],
    ['a field more', { metered: { maxPricePerChunk: '1000', perHour: '1' } }, 'metered', 'shape'],
    ['no cap', { metered: {} }, 'maxPricePerChunk', 'missing'],
    ['a cap below the least price', { metered: { maxPricePerChunk: '99' } }, 'maxPricePerChunk', 'range'],
    ['a broken cap', { metered: { maxPricePerChunk: '1000.5' } }, 'maxPricePerChunk', 'range'],
  ])('with %s is refused', async (_, price, field, reason) => {
    const error = await engine.task(customer, 1, { pricePerChunk: undefined, ...price }).catch((caught) => caught)
    expect(error).toMatchObject({ code: 'OB005' })
    expect(JSON.parse(error.detail)).toMatchObject({ field, reason })
  })

  test('T10: a second of its timeout has a least price too, where the operator has set one', async () => {
    await engine.query('update oblivion.settings set min_price_per_timeout_second = 2.5')
    try {
      const range = { code: 'OB005', detail: expect.stringContaining('"min": "751"') }
      const least = await engine.task(customer, 1, { pricePerChunk: '750', timeoutSeconds: 300 })
      await customer.rpc('cancel_task', { p_task_id: least })
      await engine.query('update oblivion.settings set min_price_per_timeout_second = 2.501')
      await expect(engine.task(customer, 1, { pricePerChunk: '750', timeoutSeconds: 300 })).rejects.toMatchObject(range)
      await expect(metered(1, { metered: { maxPricePerChunk: '750' }, timeoutSeconds: 300 })).rejects.toMatchObject(
        range,
      )
      const taskId = await metered(1, { timeoutSeconds: 300 })
      expect(await run(await provider({ rate: 0 }), 1)).toMatchObject({ price: 751 })
      expect(await view(taskId)).toMatchObject({ status: 'completed', spent: '751' })
    } finally {
      await engine.query('update oblivion.settings set min_price_per_timeout_second = default')
    }
  })

  test('comes from a schedule as well', async () => {
    const task = { title: 'Again', type: 'raytrace', inputs: [1], acknowledgeVisible: true }
    const post = (metered: unknown) =>
      customer.rpc<{ scheduleId: string }>('create_schedule', {
        p_schedule: JSON.stringify({ name: 'A schedule', task: { ...task, metered } }),
      })
    await expect(post({ maxPricePerChunk: '1' })).rejects.toMatchObject({ code: 'OB005' })
    const { scheduleId } = await post({ maxPricePerChunk: '500' })
    await customer.rpc('run_schedule', { p_schedule_id: scheduleId })
    expect(await customer.rpc('list_tasks', { p_limit: 1 })).toMatchObject([{ metered: true, pricePerChunk: '500' }])
  })
})

describe('the rate', () => {
  test.each([
    ['its own', { rate: 36_000 }, {}, 36_000],
    ['the operator’s, where it has none', { rate: null }, {}, 100_000],
    ['no more than the task allows, where it has none', { rate: null }, { maxPricePerHour: '50000' }, 50_000],
    ['zero', { rate: 0 }, {}, 0],
    ['a huge one', { rate: 1_000_000_000_000_000 }, {}, 1_000_000_000_000_000],
  ])('of a node is %s, from the least price to the cap', async (_, kind, more, rate) => {
    await metered(1, more)
    const { price, ms } = await run(await provider(kind), 60)
    expect(price).toBe(priceOf(ms, [], { rate }))
    if (rate === 0) expect(price).toBe(FLOOR)
    if (rate > 1e12) expect(price).toBe(CAP)
  })

  test('above what the task allows gets no job', async () => {
    await metered(1, { maxPricePerHour: '1000' })
    expect((await (await provider({ rate: 1001 })).cycle()).job).toBeNull()
  })

  const doors: Record<string, (node: Node, jobId: string) => Promise<unknown>> = {
    work_cycle: (node) => node.cycle(),
    claim_job_fair: async (node, jobId) => {
      const address = { p_provider_address: node.address }
      await node.rpc('next_jobs', address)
      return node.rpc('claim_job_fair', { p_job_id: jobId, ...address })
    },
    'a direct update': async (node, jobId) => {
      await node.rpc('next_jobs', { p_provider_address: node.address })
      return node.session(({ query }) =>
        query(`update jobs set status = 'processing', provider_address = $2 where id = $1`, [jobId, node.address]),
      )
    },
    work_batch: async (node) => {
      await engine.coordinator('set_max_jobs', [node.nodeId, 10])
      return node.rpc('work_batch', { p_node_id: node.nodeId, p_limit: 1 })
    },
  }
  test.each(Object.entries(doors))('is frozen by %s, and forgotten with the attempt', async (_, take) => {
    const node = await provider({ rate: 77 })
    const taskId = await metered(1)
    const [{ id: jobId } = { id: '' }] = await engine.query<{ id: string }>('select id from jobs where task_id = $1', [
      taskId,
    ])
    expect(await rateOf({ jobId })).toBeNull()
    await take(node, jobId)
    expect(await rateOf({ jobId })).toBe(77)
    await node.cycle({ jobId, attempt: 1, outcome: 'released' }, false)
    expect(await rateOf({ jobId })).toBeNull()
    // A task at a fixed price has none.
    await engine.query(`update jobs set status = 'cancelled' where id = $1`, [jobId])
    await engine.task(customer, 1)
    expect(await rateOf(await claim(node))).toBeNull()
  })

  test('M11: whoever names another price after its claim is paid by the one before', async () => {
    const node = await provider({ rate: RATE })
    await metered(1)
    const job = await claim(node)
    await engine.query('update nodes set price_per_hour = 10 * price_per_hour where id = $1', [node.nodeId])
    await engine.query('update oblivion.settings set default_price_per_hour = 99999999')
    await takes(job, 60)
    await node.cycle(done(job), false)
    await engine.query('update oblivion.settings set default_price_per_hour = default')
    const { price, ms } = await paid(job)
    expect(price).toBe(priceOf(ms))
  })

  test('M11: who registers again gives back what it holds, and its late report is worth nothing', async () => {
    const node = await provider({ rate: RATE })
    await metered(1)
    const job = await claim(node)
    await takes(job, 60)
    const dear = await engine.node(node.address, 'box', 'server', { p_price_per_hour: 10 * RATE })
    await expect(node.cycle(done(job), false)).rejects.toMatchObject({ code: 'OB004' })
    expect(await dear.cycle(done(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
    await expect(paid(job)).rejects.toThrow('not paid')
    expect(await rateOf(job)).toBeNull()
  })

  test('M11: who wins an offer by a low price is held to it', async () => {
    const cheap = await provider({ rate: 1000 })
    const taskId = await metered(1, { assign: true })
    const [offer] = await engine.query<{ id: string; to: string }>(
      'select id, (select address from oblivion.owners where id = offered_to) as to from jobs where task_id = $1',
      [taskId],
    )
    expect(offer?.to).toBe(cheap.address)
    const dear = await engine.node(cheap.address, 'box', 'server', { p_price_per_hour: 10 * RATE })
    const job = await claim(dear)
    expect(job.jobId).toBe(offer?.id)
    expect(await rateOf(job)).toBe(1000)
    await takes(job, 290)
    await dear.cycle(done(job), false)
    expect(await paid(job)).toMatchObject({ price: FLOOR })
  })

  test('and nobody else is held to it, once the offer has lapsed', async () => {
    const cheap = await provider({ rate: 1000 })
    await metered(1, { assign: true })
    await engine.query(`update jobs set offered_until = now() - interval '1 second' where status = 'pending'`)
    const other = await provider({ rate: 2000 })
    await other.rpc('next_jobs', { p_provider_address: other.address })
    expect(await rateOf(await claim(other))).toBe(2000)
    expect((await cheap.cycle()).job).toBeNull()
  })

  test('is what an assignment is ordered by: a node without a price is not free of charge', async () => {
    const [unpriced, cheap] = [await provider({ rate: null }), await provider({ rate: 1000 })]
    const offeredTo = async (taskId: string) =>
      (
        await engine.query<{ address: string }>(
          'select o.address from jobs j join oblivion.owners o on o.id = j.offered_to where j.task_id = $1',
          [taskId],
        )
      )[0]?.address
    expect(await offeredTo(await metered(1, { assign: true }))).toBe(cheap.address)
    await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
    // At a fixed price it asks for nothing.
    expect(await offeredTo(await engine.task(customer, 1, { assign: true }))).toBe(unpriced.address)
  })
})

describe('the time', () => {
  test('M11: who sleeps is paid 1.5 times the median a chunk, less an hour and less in all than who works', async () => {
    await metered(60)
    const honest = await providers(4)
    const times: number[] = []
    const earned: number[] = []
    for (const node of honest) {
      const runs: Paid[] = []
      for (let n = 0; n < 5; n += 1) runs.push(await run(node, 60))
      times.push(middle(runs.map(({ ms }) => ms)))
      earned.push(sum(runs.map(({ price }) => price)))
    }
    // Five minutes each of an honest node, with room for the time that the test itself takes.
    for (const seconds of [70, 100, 299]) {
      const sleeper = await provider()
      const runs: Paid[] = []
      for (let left = 300; left >= seconds; left -= seconds) runs.push(await run(sleeper, seconds))
      for (const { price, ms } of runs) expect(price).toBe(priceOf(ms, times))
      // A fifth of what an honest node has for its five chunks is its price of one.
      if (seconds > 90) for (const { price } of runs) expect(price).toBeLessThan(1.6 * (earned[0] ?? 0) * 0.2)
      expect(sum(runs.map(({ price }) => price))).toBeLessThanOrEqual(middle(earned))
      for (const { price, ms } of runs) expect(price / ms).toBeLessThanOrEqual(RATE / HOUR)
      times.push(middle(runs.map(({ ms }) => ms)))
    }
  })

  test('beyond its timeout is nobody’s pay', async () => {
    await metered(1, { timeoutSeconds: 60 })
    expect((await run(await provider(), 500)).price).toBe(priceOf(60_000))
  })

  test('counts to the delivery, where a result lies in Storage: what comes then is the coordinator’s', async () => {
    const node = await provider()
    await metered(1)
    const job = await claim(node)
    await takes(job, 30)
    const right = createHash('sha256').update('what was computed').digest('hex')
    const name = `uploads/${job.jobId}/${job.attempt}/${right}`
    await engine.query(
      `insert into storage.objects (bucket_id, name) values ('oblivion-results', $1), ('oblivion-results', $2)`,
      [name, `results/${right}`],
    )
    await node.cycle(
      { jobId: job.jobId, attempt: 1, outcome: 'succeeded', resultUrl: `oblivion-results/${name}`, resultHash: right },
      false,
    )
    expect(await rateOf(job)).toBe(RATE)
    // Two minutes later.
    await engine.query(`update jobs set started_at = started_at - interval '2 minutes' where id = $1`, [job.jobId])
    await engine.query(`update oblivion.deliveries set delivered_at = delivered_at - interval '2 minutes'`)
    expect(await engine.coordinator('judge_delivery', [job.jobId, 1, right, 1000])).toBe('accepted')
    const { price, ms } = await paid(job)
    expect(ms).toBeLessThan(60_000)
    expect(price).toBe(priceOf(ms))
  })

  test('of an attempt that was lost, released or late is not paid, and who goes on is paid for its own', async () => {
    const [first, second] = await providers(2)
    if (!first || !second) throw new Error('No nodes.')
    await metered(1)
    const job = await claim(first)
    await takes(job, 200)
    const save = { p_node_id: first.nodeId, p_job_id: job.jobId, p_attempt: 1, p_state: '1' }
    expect(await first.rpc('save_checkpoint', save)).toBe(true)
    await first.cycle({ jobId: job.jobId, attempt: 1, outcome: 'released' }, false)
    const again = await claim(second)
    expect(again).toMatchObject({ jobId: job.jobId, attempt: 2, checkpoint: { attempt: 1 } })
    await takes(again, 20)
    expect(await first.cycle(done(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
    await second.cycle(done(again), false)
    const { price, ms } = await paid(again)
    expect(ms).toBeLessThan(100_000)
    expect(price).toBe(priceOf(ms))
  })
})

describe('votes', () => {
  test('nobody’s own times bind it, in one tab or two', async () => {
    await metered(10)
    const one = await provider()
    const two = await engine.node(one.address, 'another box', 'server', { p_price_per_hour: RATE })
    for (const node of [one, two, one]) await run(node, 10)
    const { price, ms } = await run(two, 200)
    expect(price).toBe(priceOf(ms))
    // And both tabs together are one vote: as dear as it comes, they move the median of three others by nothing.
    for (const _ of [1, 2, 3]) await run(one, 250)
    expect(await engine.query('select count(*)::int as rows from oblivion.run_times')).toEqual([{ rows: 1 }])
  })

  test('M11: a crowd of newcomers that sleep raises nothing, once three established owners have a vote', async () => {
    await metered(60)
    const established = await providers(3)
    const crowd = await providers(12, { established: false })
    for (const node of crowd) await run(node, 290)
    const times: number[] = []
    for (const node of established) times.push((await run(node, 20)).ms)
    const { price, ms } = await run(await provider(), 290)
    expect(price).toBe(priceOf(ms, times))
    const another = await run(await provider({ established: false }), 290)
    // Of those that are established by now there is one more, which slept.
    expect(another.price).toBe(priceOf(another.ms, [...times, ms]))
  })

  test('a customer’s own wallets, which report at once, lower nobody’s pay then', async () => {
    await metered(60)
    const established = await providers(3)
    const times: number[] = []
    for (const node of established) times.push((await run(node, 60)).ms)
    for (const node of await providers(12, { established: false })) await run(node, 0)
    const { price, ms } = await run(await provider(), 60)
    expect(price).toBe(priceOf(ms, times))
    expect(price).toBe(priceOf(ms))
  })

  test('before that all others’ votes count, and without any the cap alone', async () => {
    await metered(20)
    const first = await run(await provider({ established: false }), 100)
    expect(first.price).toBe(priceOf(first.ms))
    const second = await run(await provider({ established: false }), 290)
    expect(second.price).toBe(priceOf(second.ms, [first.ms]))
    const third = await run(await provider(), 290)
    expect(third.price).toBe(priceOf(third.ms, [first.ms, second.ms]))
  })

  test('nobody waits for another’s: two visitors of a site are one vote, and that of the second is left out', async () => {
    const embedding = await openEmbedding(engine)
    const { siteKey } = await embedding.createSite()
    const visit = async (block: number) => {
      const headers = { origin: BRIDGE, 'x-real-ip': `10.${block}.0.1` }
      const register = { p_hardware_id: `browser-${block}`, p_site_key: siteKey }
      const { nodeId, nodeSecret } = await embedding.anon<Record<string, string>>(headers, 'register_node', register)
      return { nodeId, caller: { role: 'anon', headers: { 'x-node-key': nodeSecret ?? '' } } as const }
    }
    type Visitor = Awaited<ReturnType<typeof visit>>
    const cycle = ({ nodeId, caller }: Visitor) =>
      engine.database.as(caller, ({ rpc }) => rpc<WorkCycle>('work_cycle', { p_node_id: nodeId }))
    /** Reports a job, and ends the transaction when it is told to. */
    const report = ({ nodeId, caller }: Visitor, job: Job, until: () => Promise<unknown>) =>
      engine.database.as(caller, async ({ rpc }) => {
        const args = { p_node_id: nodeId, p_done: JSON.stringify(done(job)), p_claim: false }
        expect(await rpc<WorkCycle>('work_cycle', args)).toMatchObject({ accepted: true })
        await until()
      })
    const [first, second] = [await visit(1), await visit(2)]
    const taskId = await metered(6)
    const votes = () =>
      engine.query('select cardinality(recent_ms) as count from oblivion.run_times where task_id = $1', [taskId])
    // The first of all, and one that finds a row.
    for (const before of [[], [{ count: 1 }]]) {
      const [a, b] = [(await cycle(first)).job, (await cycle(second)).job]
      if (!a || !b) throw new Error('No jobs.')
      await report(first, a, async () => {
        await report(second, b, async () => {})
        expect(await votes()).toEqual(before)
      })
      expect(await votes()).toEqual([{ count: before.length + 1 }])
    }
  })

  test('each stage of a pipeline has its own', async () => {
    const stage = { program: { kind: 'builtin', name: 'raytrace' } }
    await metered(3, { type: undefined, pipeline: [stage, stage] })
    const [a, b] = await providers(2)
    if (!a || !b) throw new Error('No nodes.')
    const seen: Record<number, number[]> = { 0: [], 1: [] }
    for (const node of [a, b, a, b, a, b]) {
      const job = await claim(node)
      const [{ stage: at } = { stage: 0 }] = await engine.query<{ stage: number }>(
        'select stage from jobs where id = $1',
        [job.jobId],
      )
      await takes(job, at === 0 ? 10 : 250)
      await node.cycle(done(job), false)
      const { price, ms } = await paid(job)
      // A median of the other stage would be 15 s here.
      if (at === 1) expect(price).toBe(priceOf(ms))
      seen[at]?.push(ms)
    }
    expect(Object.values(seen).map(({ length }) => length)).toEqual([3, 3])
    // With the last job they are gone.
    expect(await engine.query('select from oblivion.run_times')).toEqual([])
  })

  test('the latest nine of an owner make its vote', async () => {
    await metered(20)
    const [steady, other] = await providers(2)
    if (!steady || !other) throw new Error('No nodes.')
    for (let n = 0; n < 5; n += 1) await run(steady, 200)
    const last: number[] = []
    for (let n = 0; n < 9; n += 1) last.push((await run(steady, n < 5 ? 20 : 40)).ms)
    const { price, ms } = await run(other, 290)
    expect(price).toBe(priceOf(ms, [middle(last)]))
  })
})

describe('money', () => {
  test('each replica is paid for its own time', async () => {
    const taskId = await metered(1, { trust: { replicas: 3, quorum: 3 } })
    const nodes = [await provider({ rate: RATE }), await provider({ rate: RATE / 2 }), await provider({ rate: 0 })]
    const times: number[] = []
    const prices: number[] = []
    for (const [place, node] of nodes.entries()) {
      const job = await claim(node)
      await takes(job, 10 * (place + 1))
      await node.cycle(done(job, 'same'), false)
      const { price, ms } = await paid(job)
      expect(price).toBe(priceOf(ms, times, { rate: [RATE, RATE / 2, 0][place] ?? 0 }))
      times.push(ms)
      prices.push(price)
    }
    expect(await view(taskId)).toMatchObject({ status: 'completed', held: '0', spent: `${sum(prices)}` })
  })

  test('what is not needed of the budget is free again at the end, to the unit', async () => {
    const before = BigInt((await customer.rpc<{ free: string }>('my_balance')).free)
    const taskId = await metered(4, { budget: '100007' })
    const node = await provider()
    const prices: number[] = []
    for (const seconds of [1, 7, 19, 61]) prices.push((await run(node, seconds)).price)
    expect(await view(taskId)).toMatchObject({ status: 'completed', held: '0', spent: `${sum(prices)}` })
    const after = BigInt((await customer.rpc<{ free: string }>('my_balance')).free)
    expect(before - after).toBe(BigInt(sum(prices)))
  })

  test('a cancel frees all but the cap of what runs, and that is paid by its time', async () => {
    const taskId = await metered(3, { budget: '60005' })
    const node = await provider()
    const first = await run(node, 30)
    const job = await claim(node)
    await takes(job, 20)
    const { refunded } = await customer.rpc<{ refunded: string }>('cancel_task', { p_task_id: taskId })
    expect(Number(refunded)).toBe(60_005 - first.price - CAP)
    await node.cycle(done(job), false)
    const { price, ms } = await paid(job)
    expect(price).toBe(priceOf(ms))
    expect(await view(taskId)).toMatchObject({ held: '0', spent: `${first.price + price}` })
  })

  test('an operator who raises the least price later takes nothing above the cap', async () => {
    await metered(2, { metered: { maxPricePerChunk: '150' } })
    await engine.query('update oblivion.settings set min_price_per_chunk = 1000')
    const node = await provider()
    const [short, long] = [await run(node, 0), await run(node, 200)]
    await engine.query('update oblivion.settings set min_price_per_chunk = default')
    expect([short.price, long.price]).toEqual([FLOOR, 150])
  })

  test('what was paid is what its owner has had of late', async () => {
    const node = await provider()
    const service = async () =>
      (
        await engine.query<{ served: number }>('select served from oblivion.owners where address = $1', [node.address])
      )[0]?.served ?? 0
    await metered(1)
    const before = await service()
    const { price } = await run(node, 30)
    const [{ expected } = { expected: 0 }] = await engine.query<{ expected: number }>(
      'select oblivion.add_service($1::float8, oblivion.service($2)) as expected',
      [before, price],
    )
    expect(await service()).toBeCloseTo(expected, 3)
  })

  test('what is in work counts as the most that it may come to, which the cap is not', async () => {
    const node = await provider({ rate: 3600 })
    await metered(1, { timeoutSeconds: 200 })
    await claim(node)
    const [{ standing, expected } = { standing: 0, expected: 1 }] = await engine.query<Record<string, number>>(
      `select oblivion.standing(o) + 0.01 * oblivion.reputation(o) as standing,
              oblivion.add_service(o.served, oblivion.service(200)) as expected
         from oblivion.owners o where o.address = $1`,
      [node.address],
    )
    expect(standing).toBeCloseTo(Number(expected), 3)
  })

  test('a forecast tells what pilots were paid, and the cap as the most; large tasks keep the sum', async () => {
    const taskId = await metered(10)
    const node = await provider()
    const prices: number[] = []
    for (let n = 0; n < 4; n += 1) prices.push((await run(node, 10 * (n + 1))).price)
    const mean = sum(prices) / 4
    const cost = {
      low: `${sum(prices) + 6 * Math.min(...prices)}`,
      likely: `${sum(prices) + Math.round(6 * mean)}`,
      high: `${sum(prices) + 6 * CAP}`,
    }
    expect(await view(taskId)).toMatchObject({ spent: `${sum(prices)}`, forecast: { cost } })
    await engine.query('update oblivion.settings set tally_above = 0')
    expect(await view(taskId)).toMatchObject({ spent: `${sum(prices)}`, forecast: { cost } })
    const [row] = await engine.query('select spent::text from oblivion.task_tallies where task_id = $1', [taskId])
    expect(row).toEqual({ spent: `${sum(prices)}` })
    await engine.query('update oblivion.settings set tally_above = default')
  })

  test('an operator sees what holds', async () => {
    await engine.coordinator('set_operators', [[customer.address]])
    expect(await customer.rpc('operator_overview')).toMatchObject({
      settings: { defaultPricePerHour: '100000', minPricePerTimeoutSecond: '0' },
    })
  })
})

describe('M7: the fee', () => {
  /** The fees of jobs from `from` on, one price each, as SQL reckons them. */
  const fees = async (bps: number, from: number, prices: number[]): Promise<number[]> => {
    const rows = await engine.query<{ fee: number }>(
      `select oblivion.job_fee(t, p.price, $2 + p.place::int - 1)::int as fee
         from (select (jsonb_populate_record(null::oblivion.tasks, jsonb_build_object('metered', true, 'fee_bps', $1::int))).*) t
        cross join unnest($3::bigint[]) with ordinality as p (price, place) order by p.place`,
      [bps, from, prices],
    )
    return rows.map(({ fee }) => fee)
  }

  test('of 10,000 chunks of one unit is that of one chunk of 10,000, wherever they begin', async () => {
    for (const [bps, from] of [
      [500, 0],
      [333, 12_345],
      [1, 999_999],
      [10_000, 7],
    ] as const)
      expect(sum(await fees(bps, from, Array(10_000).fill(1)))).toBe(bps)
  })

  test('is less than a unit beside the exact part, is never more than the price, and is exact over 10,000 of a price', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 10_000 }),
        fc.nat({ max: 100_000_000 }),
        fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 50 }),
        async (bps, from, prices) => {
          for (const [place, fee] of (await fees(bps, from, prices)).entries()) {
            const price = prices[place] ?? 0
            expect(Math.abs(fee - (bps * price) / 10_000)).toBeLessThan(1)
            expect(fee).toBeLessThanOrEqual(price)
          }
        },
      ),
      { numRuns: 50 },
    )
    expect(sum(await fees(777, 5, Array(10_000).fill(123)))).toBe(777 * 123)
  })

  test('of a short run of one price is a unit or two beside', async () => {
    for (const count of [10, 100, 1000])
      for (const price of [101, 1019, 5003]) {
        const exact = (500 * price * count) / 10_000
        expect(Math.abs(sum(await fees(500, 3, Array(count).fill(price))) - exact)).toBeLessThan(3)
      }
  })
})
