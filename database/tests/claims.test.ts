import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

let engine: Engine
let customer: Wallet

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
  await engine.query(`update oblivion.settings set proven_after = 30`)
})
afterAll(() => engine.drop())

const nodes = (count: number, from: number): Promise<Node[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => engine.node(addressOf(from + index))))

test('FJ-7, FJ-9: of many claims of one job at once exactly one is true and adds to its node’s jobs, and the lost ones change nothing', async () => {
  const racers = await nodes(16, 0x100)
  for (let round = 0; round < 10; round += 1) {
    await engine.task(customer, 1)
    const [job] = await engine.query<{ id: string }>(`select id from jobs where status = 'pending'`)
    const answers = await Promise.all(
      racers.map((node) =>
        node.rpc<boolean>('claim_job_fair', { p_job_id: job?.id, p_provider_address: node.address }),
      ),
    )
    expect(answers.filter(Boolean)).toHaveLength(1)
    const [state] = await engine.query(
      `select j.attempt, n.current_jobs, (select count(*)::int from oblivion.attempts a where a.job_id = j.id) as ended,
              (select sum(o.current_jobs)::int from nodes o) as held, n.total_jobs_completed::int as completed
         from jobs j join nodes n on n.id = j.node_id where j.id = $1`,
      [job?.id],
    )
    expect(state).toEqual({ attempt: 1, current_jobs: 1, ended: 0, held: 1, completed: 0 })
    await engine.query(`update jobs set status = 'cancelled' where id = $1`, [job?.id])
  }
})

test('SW-11: claim_job() gives of many callers at once each another job, as work_cycle would tell it, and none beyond the caps', async () => {
  await engine.task(customer, 4)
  // An owner that has proved nothing holds one job, whatever it asks for at once, and however it says who it is.
  const racers = await nodes(6, 0x180)
  const asked = await Promise.all(
    racers.flatMap((node) => [
      node.rpc<WorkCycle['job']>('claim_job'),
      node.rpc<WorkCycle['job']>('claim_job', { p_provider_address: node.address }),
    ]),
  )
  const jobs = asked.filter((job) => job !== null)
  expect(new Set(jobs.map(({ jobId }) => jobId)).size).toBe(4)
  expect(jobs).toHaveLength(4)
  expect(jobs[0]).toMatchObject({ attempt: 1, type: 'raytrace', input: { index: expect.any(Number) } })
  const [state] = await engine.query(
    `select count(*)::int as leases, sum(n.current_jobs)::int as held, count(distinct n.owner_id)::int as owners
       from jobs j join nodes n on n.id = j.node_id`,
  )
  expect(state).toEqual({ leases: 4, held: 4, owners: 4 })

  // Who is full is told null, not of the job that it holds; by a wallet's session its node is found.
  const holder = await engine.wallet(addressOf(0x17f))
  const node = await engine.node(holder.address)
  await engine.task(customer, 2)
  const mine = await holder.rpc<WorkCycle['job']>('claim_job')
  if (mine === null) throw new Error('No job.')
  expect(await holder.rpc('claim_job')).toBeNull()
  const end = { p_job_id: mine.jobId, p_provider_address: node.address, p_result: '{"ok":1}' }
  expect(await node.rpc('complete_job', { ...end, p_result_hash: done(mine, { ok: 1 }).resultHash })).toBe(true)
  expect(await node.rpc('claim_job')).toMatchObject({ attempt: 1 })
})

test('DJ-35, RN-1, SW-5: many nodes at once share out all jobs: none twice, none lost, one receipt each', async () => {
  await engine.query(`update oblivion.settings set proven_after = 0`)
  const taskId = await engine.task(customer, 200)
  const racers = await nodes(16, 0x200)
  await Promise.all(
    racers.map(async (node) => {
      let answer = await node.cycle()
      while (answer.job !== null) answer = await node.cycle(done(answer.job))
    }),
  )
  const [state] = await engine.query(
    `select (select count(*)::int from jobs where task_id = $1 and status = 'completed' and attempt = 1) as completed,
            (select count(*)::int from oblivion.receipts where task_id = $1) as receipts,
            (select count(*)::int from oblivion.attempts a join jobs j on j.id = a.job_id where j.task_id = $1) as attempts,
            (select sum(current_jobs)::int from nodes) as held`,
    [taskId],
  )
  expect(state).toEqual({ completed: 200, receipts: 200, attempts: 200, held: 0 })
})

describe('caps hold under races', () => {
  test('FJ-4, FJ-5: a browser node holds one job, others two or what an operator set, however many calls race', async () => {
    await engine.query(`update oblivion.settings set proven_after = 0`)
    await engine.task(customer, 20)
    const node = (n: number, workerType: string) => engine.node(addressOf(n), 'box', workerType)
    const [browser, server, python] = [
      await node(0x300, 'browser'),
      await node(0x301, 'server'),
      await node(0x302, 'python'),
    ]
    await engine.query('update oblivion.settings set max_jobs = 3')
    const wider = await node(0x303, 'python')
    await engine.query('update oblivion.settings set max_jobs = default')
    const raised = await node(0x304, 'server')
    await engine.coordinator('set_max_jobs', [raised.nodeId, 5])
    for (const [node, cap] of [
      [browser, 1],
      [server, 2],
      [python, 2],
      [wider, 3],
      [raised, 5],
    ] as const) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => node.cycle()))
      const held = new Set(answers.flatMap(({ job }) => (job === null ? [] : [`${job.jobId} ${job.attempt}`])))
      expect(held.size).toBe(cap)
      const [row] = await engine.query(`select current_jobs from nodes where id = $1`, [node.nodeId])
      expect(row).toEqual({ current_jobs: cap })
    }
  })

  test('T1: an owner that has proved nothing holds one job over all its nodes', async () => {
    await engine.task(customer, 20)
    const { address } = await engine.wallet(addressOf(0x310))
    const tabs = await Promise.all(Array.from({ length: 6 }, (_, index) => engine.node(address, `tab-${index}`)))
    const answers = await Promise.all(tabs.map((tab) => tab.cycle()))
    expect(answers.filter(({ job }) => job !== null)).toHaveLength(1)
  })

  test('RN-2: a task never has more chunks in work than its bucket, and says how many are', async () => {
    const taskId = await engine.task(customer, 20, { maxConcurrentChunks: 3 })
    const counts = () => customer.rpc('get_task', { p_task_id: taskId })
    const racers = await nodes(10, 0x320)
    const answers = await Promise.all(racers.map((node) => node.cycle()))
    const held = answers.flatMap(({ job }) => (job === null ? [] : [job]))
    expect(held).toHaveLength(3)
    expect(await counts()).toMatchObject({ counts: { processing: 3, completed: 0, pending: 17 } })
    // A slot is handed out again as soon as a chunk is done.
    const holder = racers[answers.findIndex(({ job }) => job !== null)]
    const first = held[0]
    if (holder === undefined || first === undefined) throw new Error('Nobody holds a job.')
    expect((await holder.cycle(done(first))).job).not.toBeNull()
    expect(await counts()).toMatchObject({ counts: { processing: 3, completed: 1, pending: 16 } })
  })
})

describe('order', () => {
  test('priority, then age', async () => {
    const low = await engine.task(customer, 1)
    const high = await engine.task(customer, 1, { priority: 5 })
    const node = await engine.node(addressOf(0x400))
    const first = await node.cycle()
    expect(first.job?.taskId).toBe(high)
    if (first.job === null) throw new Error('No job.')
    expect((await node.cycle(done(first.job))).job?.taskId).toBe(low)
  })

  test('FJ-6: a node asks for pending jobs that it may claim; different callers are offered different ones, each to its taker alone', async () => {
    await engine.task(customer, 4)
    const [a, b] = await nodes(2, 0x410)
    if (a === undefined || b === undefined) throw new Error('No nodes.')
    await engine.query('update nodes set max_jobs = 2 where id = any ($1)', [[a.nodeId, b.nodeId]])
    const offers = async (node: Node, limit: number) =>
      (await node.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: node.address, p_limit: limit })).map(
        ({ jobId }) => jobId,
      )
    // Not those of its own wallet, which it may not claim.
    expect(await offers(await engine.node(customer.address), 2)).toEqual([])
    const [ofA, ofB] = await Promise.all([offers(a, 2), offers(b, 2)])
    expect(new Set([...ofA, ...ofB]).size).toBe(4)
    // Asking again draws nothing new.
    expect(await offers(a, 2)).toEqual(ofA)
    expect(await b.rpc('claim_job_fair', { p_job_id: ofA[0], p_provider_address: b.address })).toBe(false)
    expect(await a.rpc('claim_job_fair', { p_job_id: ofA[0], p_provider_address: a.address })).toBe(true)
    // An offer that lapsed is open to all.
    await engine.query(`update jobs set offered_until = now() - interval '1 second' where id = $1`, [ofA[1]])
    expect((await b.cycle()).job).not.toBeNull()
  })

  test('the server chooses: a job that it would not give to the caller now is refused', async () => {
    await engine.task(customer, 3)
    const ids = (await engine.query<{ id: string }>(`select id from jobs where status = 'pending' order by seq`)).map(
      ({ id }) => id,
    )
    const node = await engine.node(addressOf(0x420))
    expect(await node.rpc('claim_job_fair', { p_job_id: ids[2], p_provider_address: node.address })).toBe(false)
    expect(await node.rpc('claim_job_fair', { p_job_id: ids[0], p_provider_address: node.address })).toBe(true)
  })

  test.each(['released', 'failed'])(
    'JM-27: who %s a job gets it again only while nobody else online could take it',
    async (outcome) => {
      await engine.query(
        `update nodes set last_seen = now() - interval '1 day', next_poll_at = now() - interval '1 day'`,
      )
      await engine.task(customer, 1)
      const shopper = await engine.node(addressOf(0x430))
      const { job } = await shopper.cycle()
      if (job === null) throw new Error('No job.')
      const end = async (attempt: number) => {
        await shopper.cycle({ jobId: job.jobId, attempt, outcome, error: 'no' }, false)
        // What failed is not due for some seconds.
        await engine.query('update jobs set available_at = now() where id = $1', [job.jobId])
      }
      // Alone: it comes back, under a new attempt number.
      await end(1)
      expect((await shopper.cycle()).job).toMatchObject({ jobId: job.jobId, attempt: 2 })
      const other = await engine.node(addressOf(0x431))
      await end(2)
      expect((await shopper.cycle()).job).toBeNull()
      expect((await other.cycle()).job).toMatchObject({ jobId: job.jobId, attempt: 3 })
    },
  )
})
