import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * A4: the direct update of older workers is one more door, and gives nothing that the others refuse. The same attacks as
 * on work_cycle, by next_jobs and `update jobs ... where id = ... and status = 'pending'`.
 */

type Job = NonNullable<WorkCycle['job']>
let engine: Engine
let customer: Wallet
let serial = 0x6000

beforeAll(async () => {
  engine = await createEngine({ claimBudget: 'default' })
  await engine.deposit(addressOf(1), 10_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.query(`update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'`)
  await engine.coordinator('run_rescue')
})
afterAll(() => engine.drop())

const hire = async (options: { address?: string; accepted?: number; hardwareId?: string } = {}): Promise<Node> => {
  serial += 1
  const address = options.address ?? addressOf(serial)
  const node = await engine.node(address, options.hardwareId ?? 'box', 'server')
  await engine.query('update oblivion.owners set proven_count = $2 where address = $1', [
    address,
    options.accepted ?? 0,
  ])
  return node
}
const offersTo = (node: Node, limit = 1, headers: Record<string, string> = {}) =>
  engine.database.as({ role: 'anon', headers: { ...headers, 'x-node-key': node.key } }, ({ rpc }) =>
    rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: node.address, p_limit: limit }),
  )
const update = (node: Node, jobId: string | undefined): Promise<Job[]> =>
  node.session(({ query }) =>
    query<Job>(
      `update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending'
       returning id as "jobId", attempt, task_id as "taskId", chunk_index as "chunkIndex"`,
      [jobId, node.address],
    ),
  )
/** As an older worker claims. */
const claim = async (node: Node): Promise<Job | undefined> => {
  const [offer] = await offersTo(node)
  return offer && (await update(node, offer.jobId))[0]
}
const released = (job: Job) => ({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' })
/** Back-offs and offers of a moment ago are over. */
const later = () =>
  engine.query(`update jobs set available_at = now(), due = true,
    offered_until = case when offered_until is not null then now() end where status = 'pending'`)

test('T1, by the fallback: one new owner with 100 nodes holds one job beside 50 others, who get the rest', async () => {
  const crowd: Node[] = []
  const address = addressOf(0x7000)
  for (let n = 0; n < 100; n += 1) crowd.push(await hire({ address, hardwareId: `tab-${n}` }))
  const single: Node[] = []
  for (let n = 0; n < 50; n += 1) single.push(await hire())
  await engine.task(customer, 51)
  // The crowd asks first, all at once, each time.
  let [mine, theirs] = [0, 0]
  for (let round = 0; round < 3; round += 1) {
    const jobs: [Node, Job | undefined][] = await Promise.all(
      crowd.map(async (node): Promise<[Node, Job | undefined]> => [node, await claim(node).catch(() => undefined)]),
    )
    for (const node of single) jobs.push([node, await claim(node)])
    const got = jobs.filter((entry): entry is [Node, Job] => entry[1] !== undefined)
    const byCrowd = got.filter(([node]) => node.address === address).length
    expect(byCrowd).toBeLessThanOrEqual(1)
    mine += byCrowd
    theirs += got.length - byCrowd
    for (const [node, job] of got) await node.cycle(done(job), false)
    await later()
    await engine.task(customer, 51)
  }
  // Its share is that of one owner of 51, and 1.2 of it at most.
  expect(theirs).toBeGreaterThanOrEqual(140)
  expect(mine / (mine + theirs)).toBeLessThanOrEqual(1.2 / 51)
})

test('T2, by the fallback: who draws and gives back runs out of its claim budget, while another is there', async () => {
  const shopper = await hire()
  const other = await hire({ accepted: 100 })
  await engine.task(customer, 200)
  let draws = 0
  for (let n = 0; n < 40; n += 1) {
    await other.rpc('heartbeat', { p_node_id: other.nodeId })
    const job = await claim(shopper)
    if (job === undefined) continue
    draws += 1
    await shopper.cycle(released(job), false)
    await later()
  }
  // Four units, and one each five minutes.
  expect(draws).toBeLessThanOrEqual(4)
  expect(await offersTo(shopper)).toEqual([])
  // An offer that it had is worth no more than a new one.
  const [offer] = await offersTo(other)
  expect(await update(shopper, offer?.jobId)).toEqual([])
})

describe('A4: the fallback gives', () => {
  test('no job that was not offered, offered to another, or offered long ago', async () => {
    const [node, other] = [await hire({ accepted: 100 }), await hire({ accepted: 100 })]
    const taskId = await engine.task(customer, 3)
    const jobs = await engine.query<{ id: string }>('select id from jobs where task_id = $1', [taskId])
    for (const { id } of jobs) expect(await update(node, id)).toEqual([])
    const [offer] = await offersTo(other)
    expect(await update(node, offer?.jobId)).toEqual([])
    await engine.query(`update jobs set offered_until = now() - interval '1 second' where id = $1`, [offer?.jobId])
    expect(await update(other, offer?.jobId)).toEqual([])
  })

  test("no job above the cap of node, owner or bucket, and never one of one's own task", async () => {
    const node = await hire({ accepted: 100 })
    await engine.task(customer, 10)
    const offers = await offersTo(node, 5)
    expect(offers.length).toBe(2)
    // As if a cap had fallen since: offered all the same.
    const more = await engine.query<{ jobId: string }>(
      `update jobs set offered_to = (select owner_id from nodes where id = $1), offered_until = now() + interval '10 seconds'
        where id in (select id from jobs where status = 'pending' and offered_to is null limit 3) returning id as "jobId"`,
      [node.nodeId],
    )
    const taken = []
    for (const { jobId } of [...offers, ...more]) taken.push(...(await update(node, jobId)))
    expect(taken).toHaveLength(2)

    const [tab, twin] = [
      await hire({ address: addressOf(0x7100), hardwareId: 'a' }),
      await hire({ address: addressOf(0x7100), hardwareId: 'b' }),
    ]
    const shared = await offersTo(tab, 2)
    expect(await update(tab, shared[0]?.jobId)).toHaveLength(1)
    expect(await update(twin, shared[1]?.jobId)).toEqual([])

    await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
    await engine.task(customer, 5, { maxConcurrentChunks: 1 })
    const [one, two] = [await hire({ accepted: 100 }), await hire({ accepted: 100 })]
    const [first, second] = [await offersTo(one), await offersTo(two)]
    expect(await update(one, first[0]?.jobId)).toHaveLength(1)
    expect(await update(two, second[0]?.jobId)).toEqual([])

    await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
    const own = await hire({ address: addressOf(1), accepted: 100 })
    const task = await engine.task(customer, 1)
    const [job] = await engine.query<{ id: string }>('select id from jobs where task_id = $1', [task])
    await engine.query(
      `update jobs set offered_to = customer_owner_id, offered_until = now() + interval '10 seconds' where id = $1`,
      [job?.id],
    )
    expect(await update(own, job?.id)).toEqual([])
  })

  test('each job to one of 32 that race for it: 0 double claims, counters equal leases', async () => {
    const nodes = await Promise.all(Array.from({ length: 32 }, () => hire({ accepted: 100 })))
    const taskId = await engine.task(customer, 120)
    const given = new Map<string, string>()
    let wrong = 0
    await Promise.all(
      nodes.map(async (node) => {
        for (let turn = 0; turn < 12 && given.size < 120; turn += 1) {
          const job = await claim(node)
          if (job === undefined) continue
          const key = `${job.jobId}:${job.attempt}`
          if (given.has(key)) wrong += 1
          given.set(key, node.address)
          const { accepted } = await node.cycle(done(job), false)
          if (accepted !== true) wrong += 1
        }
      }),
    )
    expect(wrong).toBe(0)
    expect(given.size).toBeGreaterThan(60)
    const [row] = await engine.query(
      `select (select count(*)::int from nodes n where n.current_jobs <> (select count(*) from jobs j where j.node_id = n.id)) as counters,
              (select count(*)::int from jobs where task_id = $1 and status = 'completed') as completed`,
      [taskId],
    )
    expect(row).toEqual({ counters: 0, completed: given.size })
  })
})

test('A13: addresses that a caller writes into its headers change nothing of who it is or what it gets', async () => {
  const node = await hire()
  await engine.task(customer, 10)
  const names = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip', 'x-client-ip']
  let jobs = 0
  for (let n = 0; n < 12; n += 1) {
    const headers = Object.fromEntries(names.map((name) => [name, `203.0.113.${n}`]))
    for (const { jobId } of await offersTo(node, 2, headers)) jobs += (await update(node, jobId)).length
  }
  // A newcomer's one job, whatever address it claims.
  expect(jobs).toBe(1)
  const owners = await engine.query('select owner_id from nodes where id = $1', [node.nodeId])
  expect(owners).toHaveLength(1)
})
