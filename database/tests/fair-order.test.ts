import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * Who goes first when work is scarce. A wait of 200 ms is none that a test can tell from a slow machine: the graces are
 * hours here, and jobs grow older by setting back their time.
 */

let engine: Engine
let customer: Wallet
let serial = 0x1000

beforeAll(async () => {
  engine = await createEngine({ fairOrder: 'default' })
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  // Those of earlier tests are gone.
  await engine.query(`update nodes set last_seen = now() - interval '1 day', next_poll_at = now() - interval '1 day'`)
  await engine.query(`update oblivion.settings set proven_after = 30, fair_order = true, fair_grace = '1 hour',
    fair_grace_most = '1 hour'`)
  await engine.query(
    `update oblivion.waiting_room set look_at = '-infinity', expires_at = '-infinity', average = '-Infinity'`,
  )
})
afterAll(() => engine.drop())

/** A node of a new owner that has had so many chunks of late. */
const nodeThatHad = async (chunks: number, workerType = 'browser'): Promise<Node> => {
  serial += 1
  const node = await engine.node(addressOf(serial), 'box', workerType)
  await hadOf(node, chunks)
  return node
}

const hadOf = (node: Node, chunks: number) =>
  engine.query(
    `update oblivion.owners set served = case when $2::numeric = 0 then '-Infinity' else oblivion.service(1000 * $2::numeric) end
      where address = $1`,
    [node.address, chunks],
  )

/** Each asks and finds nothing, and the last look around sees all of them wait; they come by so seldom that the graces are the limit. */
const wait = async (...nodes: Node[]): Promise<void> => {
  for (const node of nodes) expect((await node.cycle()).job).toBeNull()
  await lookAround()
  await engine.query(
    `update oblivion.waiting_room set arrivals = 0.001, look_at = 'infinity', expires_at = 'infinity' where expires_at > now()`,
  )
}

const lookAround = async () => {
  await engine.query(`update oblivion.waiting_room set look_at = '-infinity'`)
  await engine.query('select oblivion.look_around()')
}

const jobsGrowOlder = (by: string) =>
  engine.query(`update jobs set available_at = available_at - $1::interval where status = 'pending'`, [by])

test('who has had less goes first, whoever asks first; for the grace and no longer', async () => {
  const rich = await nodeThatHad(5)
  const poor = await nodeThatHad(1)
  await wait(rich, poor)
  await engine.task(customer, 2)
  const yields = await rich.cycle()
  // Back soon, should nobody come.
  expect(yields).toMatchObject({ job: null, retryMs: 1000 })
  expect((await poor.cycle()).job).not.toBeNull()
  // Nobody waits any more but the rich one itself.
  await lookAround()
  expect((await rich.cycle()).job).not.toBeNull()
})

test('who is alone yields to nobody: not with nothing had yet, and not to itself as it stood before its latest job', async () => {
  for (const had of [0, 1]) {
    const alone = await nodeThatHad(had)
    await wait(alone)
    await engine.task(customer, 2)
    await hadOf(alone, had * 2)
    const { job } = await alone.cycle()
    expect(job).not.toBeNull()
    // The room still shows it as it stood before this one.
    expect((await alone.cycle(job && done(job))).job).not.toBeNull()
    await engine.query(`update jobs set status = 'pending' where status = 'processing'`)
    await engine.query(`update nodes set next_poll_at = now() - interval '1 day' where owner_id is not null`)
    await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
  }
})

test('who has had nothing yields to nobody, though others wait who have had nothing', async () => {
  const [one, other] = [await nodeThatHad(0), await nodeThatHad(0)]
  await wait(one, other)
  await engine.task(customer, 2)
  expect((await one.cycle()).job).not.toBeNull()
})

test('explain_claim says that it lets others go first, and until when', async () => {
  const rich = await nodeThatHad(5)
  await wait(rich, await nodeThatHad(1))
  await engine.task(customer, 1)
  const explain = () => rich.rpc<{ reason: string; values: unknown }>('explain_claim', { p_node_id: rich.nodeId })
  expect(await explain()).toMatchObject({ reason: 'yielding', values: { until: expect.any(String) } })
  await jobsGrowOlder('2 hours')
  expect(await explain()).toMatchObject({ reason: 'job_waiting' })
})

test('a job is not left idle: after the grace whoever asks gets it', async () => {
  const rich = await nodeThatHad(5)
  await wait(await nodeThatHad(1), rich)
  await engine.task(customer, 1)
  await jobsGrowOlder('59 minutes')
  expect((await rich.cycle()).job).toBeNull()
  await jobsGrowOlder('2 minutes')
  expect((await rich.cycle()).job).not.toBeNull()
})

test('the more of the waiting have had less, the longer one lets them go first', async () => {
  const nodes: Node[] = []
  for (let n = 1; n <= 5; n += 1) nodes.push(await nodeThatHad(n))
  await wait(...nodes)
  await engine.query('update oblivion.waiting_room set arrivals = 5')
  await engine.query(`update oblivion.settings set fair_grace = '200 ms', fair_grace_most = '3 s'`)
  const patience = await engine.query<{ ms: number }>(
    `select (1000 * extract(epoch from oblivion.patience(n, w)))::float8 as ms
       from nodes n, oblivion.waiting_room w where n.id = any ($1) order by array_position($1, n.id)`,
    [nodes.map(({ nodeId }) => nodeId)],
  )
  // Five come by in a second: that would be the grace. Twelve take 2.4 s.
  expect(patience.map(({ ms }) => Math.round(ms))).toEqual([0, 13, 50, 113, 2400])
})

test('nobody waits for owners that have gone, nor while the fair order is off', async () => {
  const rich = await nodeThatHad(5)
  const poor = await nodeThatHad(1)
  await wait(rich, poor)
  await engine.task(customer, 2)
  await engine.query(`update nodes set next_poll_at = now() - interval '1 minute' where id = $1`, [poor.nodeId])
  // The look before the last is too old to believe: it looks again by itself.
  await engine.query(`update oblivion.waiting_room set look_at = '-infinity'`)
  expect((await rich.cycle()).job).not.toBeNull()

  const richer = await nodeThatHad(9)
  await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
  await engine.query(`update oblivion.settings set fair_order = false`)
  await wait(richer, await nodeThatHad(1))
  await engine.task(customer, 1)
  expect((await richer.cycle()).job).not.toBeNull()
})

test('with more work than takers nobody waits', async () => {
  const rich = await nodeThatHad(5)
  await wait(await nodeThatHad(1))
  await engine.task(customer, 100)
  await jobsGrowOlder('2 hours')
  expect((await rich.cycle()).job).not.toBeNull()
})

test('the literal path and the fallback update wait as well (A4)', async () => {
  const rich = await nodeThatHad(5)
  const poor = await nodeThatHad(1)
  await wait(rich, poor)
  await engine.task(customer, 1)
  const [job] = await engine.query<{ id: string }>(`select id from jobs where status = 'pending'`)
  const claim = (node: Node) =>
    node.rpc<boolean>('claim_job_fair', { p_job_id: job?.id, p_provider_address: node.address })
  const next = (node: Node) => node.rpc<unknown[]>('next_jobs', { p_provider_address: node.address })
  const update = (node: Node) =>
    node.session(({ query }) =>
      query(
        `update jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending' returning id`,
        [job?.id, node.address],
      ),
    )
  expect(await next(rich)).toEqual([])
  expect(await claim(rich)).toBe(false)
  expect(await update(rich)).toEqual([])
  expect(await next(poor)).toHaveLength(1)
  expect(await claim(poor)).toBe(true)
})

test('what is in work counts as had: a hundred nodes do not draw a hundred jobs before the first is done', async () => {
  await engine.query('update oblivion.settings set proven_after = 0')
  const owner = await nodeThatHad(1)
  const second = await engine.node(owner.address, 'second')
  const other = await nodeThatHad(1.5)
  await wait(owner, second, other)
  await engine.task(customer, 3)
  expect((await owner.cycle()).job).not.toBeNull()
  await lookAround()
  expect((await second.cycle()).job).toBeNull()
  expect((await other.cycle()).job).not.toBeNull()
})

describe('FJ-3: served alike', () => {
  test('the one with fewer jobs at hand gets the next', async () => {
    await engine.query('update oblivion.settings set proven_after = 0')
    const busy = await nodeThatHad(3, 'server')
    const free = await nodeThatHad(3, 'server')
    await engine.task(customer, 1)
    expect((await busy.cycle()).job).not.toBeNull()
    await wait(busy, free)
    await engine.task(customer, 1)
    expect((await busy.cycle()).job).toBeNull()
    expect((await free.cycle()).job).not.toBeNull()
  })

  test('FJ-25: then the one with the higher reputation, and less service outweighs it', async () => {
    const known = await nodeThatHad(3)
    const unknown = await nodeThatHad(3)
    await engine.query('update oblivion.owners set proven_count = 1000 where address = $1', [known.address])
    await wait(known, unknown)
    await engine.task(customer, 1)
    expect((await unknown.cycle()).job).toBeNull()
    const { job } = await known.cycle()
    if (job === null) throw new Error('No job.')
    await known.cycle(done(job), false)

    await hadOf(known, 3.1)
    await wait(known, unknown)
    await engine.task(customer, 1)
    expect((await known.cycle()).job).toBeNull()
    expect((await unknown.cycle()).job).not.toBeNull()
  })
})

describe('who counts as waiting', () => {
  test('not a node that the work at hand does not suit: nobody waits for it', async () => {
    const rich = await nodeThatHad(5)
    const unable = await nodeThatHad(0)
    await wait(rich, unable)
    await engine.task(customer, 2, { capabilities: ['webgpu'] })
    expect((await unable.cycle()).job).toBeNull()
    await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
    await lookAround()
    await engine.task(customer, 1)
    expect((await rich.cycle()).job).not.toBeNull()
  })

  test('not an owner on probation that holds its one job, with however many nodes', async () => {
    const owner = await nodeThatHad(0)
    const second = await engine.node(owner.address, 'second')
    const rich = await nodeThatHad(5)
    await engine.task(customer, 1)
    expect((await owner.cycle()).job).not.toBeNull()
    await wait(second, rich)
    await engine.task(customer, 1)
    expect((await rich.cycle()).job).not.toBeNull()
  })

  test('a customer whose own chunks are the only ones does not hold them up', async () => {
    const rich = await nodeThatHad(5)
    const own = await engine.node(customer.address, 'own')
    await hadOf(own, 0)
    await wait(rich, own)
    await engine.task(customer, 2)
    expect((await own.cycle()).job).toBeNull()
    await lookAround()
    expect((await rich.cycle()).job).not.toBeNull()
  })
})

describe('FJ-24: who comes or comes back', () => {
  const served = async ({ address }: Node): Promise<number> => {
    const [row] = await engine.query<{ had: number }>(
      `select exp(greatest(-300, served - oblivion.service(1000))) as had from oblivion.owners where address = $1`,
      [address],
    )
    return row?.had ?? Number.NaN
  }

  test('starts on a level with those who are there: a new wallet gains nothing, and is served at once', async () => {
    await wait(await nodeThatHad(2), await nodeThatHad(4))
    serial += 1
    const newcomer = await engine.node(addressOf(serial))
    expect(await served(newcomer)).toBeCloseTo(3, 1)
    await engine.task(customer, 1)
    expect((await newcomer.cycle()).job).toBeNull()
    await jobsGrowOlder('16 minutes')
    expect((await newcomer.cycle()).job).not.toBeNull()
  })

  test('an hour away is no hour of waiting', async () => {
    const away = await nodeThatHad(0)
    await engine.query(
      `update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour' where id = $1`,
      [away.nodeId],
    )
    await wait(await nodeThatHad(2), await nodeThatHad(4))
    expect((await away.cycle()).job).toBeNull()
    expect(await served(away)).toBeCloseTo(3, 1)
  })
})

test('what was had fades, and an accepted chunk adds its price', async () => {
  const [row] = await engine.query<Record<string, number>>(
    `select exp(oblivion.service(100, now() - interval '15 minutes') - oblivion.service(100, now())) as faded,
            exp(oblivion.add_service(oblivion.service(30), oblivion.service(12)) - oblivion.service(1)) as sum,
            exp(oblivion.add_service('-Infinity', oblivion.service(12)) - oblivion.service(1)) as first`,
  )
  expect(row?.faded).toBeCloseTo(Math.exp(-1), 6)
  expect(row?.sum).toBeCloseTo(42, 4)
  expect(row?.first).toBeCloseTo(12, 4)

  const node = await nodeThatHad(0)
  await engine.task(customer, 1, { pricePerChunk: '2500' })
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  await node.cycle(done(job), false)
  const [after] = await engine.query<{ had: number }>(
    `select exp(served - oblivion.service(1)) as had from oblivion.owners where address = $1`,
    [node.address],
  )
  expect(after?.had).toBeGreaterThan(2400)
  expect(after?.had).toBeLessThanOrEqual(2501)
})

test('fairness_index is 1 where all had the same, and 1/n where one of n had all', async () => {
  const nodes = [await nodeThatHad(0), await nodeThatHad(0), await nodeThatHad(0), await nodeThatHad(0)]
  const index = async () => {
    await wait(...nodes)
    const [row] = await engine.query<{ index: string | null }>('select oblivion.fairness_index() as index')
    return row?.index ?? null
  }
  expect(await index()).toBeNull()
  for (const node of nodes) await hadOf(node, 3)
  expect(Number(await index())).toBe(1)
  for (const node of nodes.slice(1)) await hadOf(node, 0)
  expect(Number(await index())).toBe(0.25)
})
