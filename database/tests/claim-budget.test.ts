import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/* T2: drawing jobs and not doing them costs; accepted work brings it back; who has spent its budget waits. */

let engine: Engine
let customer: Wallet
let node: Node
let bystander: Node
let serial = 0x1000

beforeAll(async () => {
  engine = await createEngine({ claimBudget: 'default' })
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.query(`update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'`)
  node = await newNode()
  bystander = await newNode()
})
afterAll(() => engine.drop())

const newNode = (): Promise<Node> => {
  serial += 1
  return engine.node(addressOf(serial))
}
const claim = async (by: Node): Promise<NonNullable<WorkCycle['job']>> => {
  const { job } = await by.cycle()
  if (job === null) throw new Error('No job.')
  return job
}
const ended = (job: NonNullable<WorkCycle['job']>, outcome: string) => ({
  jobId: job.jobId,
  attempt: job.attempt,
  outcome,
  error: 'x',
})
/** As if the job had been held for so long. */
const hold = (job: { jobId: string; attempt: number }, seconds: number) =>
  engine.query(`update jobs set started_at = started_at - make_interval(secs => $3) where id = $1 and attempt = $2`, [
    job.jobId,
    job.attempt,
    seconds,
  ])
const budget = async (of: Node): Promise<number> => {
  const [row] = await engine.query<{ budget: number }>(
    `select oblivion.budget_of(o) as budget from oblivion.owners o where o.address = $1`,
    [of.address],
  )
  return row?.budget ?? Number.NaN
}
const reason = async (of: Node) => (await of.rpc<{ reason: string }>('explain_claim', { p_node_id: of.nodeId })).reason

describe('what it costs', () => {
  test.each(['released', 'failed'])('%s at once: one unit', async (outcome) => {
    await engine.task(customer, 1)
    await node.cycle(ended(await claim(node), outcome), false)
    expect(await budget(node)).toBeCloseTo(3, 1)
  })

  test('a wrong hash: one unit', async () => {
    await engine.task(customer, 1)
    await node.cycle({ ...done(await claim(node)), resultHash: '0'.repeat(64) }, false)
    expect(await budget(node)).toBeCloseTo(3, 1)
  })

  test('a job held in vain: a unit more for each 20 s', async () => {
    await engine.task(customer, 1)
    const job = await claim(node)
    await hold(job, 100)
    await node.cycle(ended(job, 'released'), false)
    expect(await budget(node)).toBeCloseTo(-2, 1)
  })

  test('a job that rescue takes away', async () => {
    await engine.task(customer, 1)
    const job = await claim(node)
    await hold(job, 60)
    await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where id = $1`, [job.jobId])
    await engine.coordinator('run_rescue')
    expect(await budget(node)).toBeCloseTo(0, 1)
  })

  test('a job that two owners fail costs neither of them: it is the job', async () => {
    await engine.task(customer, 1)
    const job = await claim(node)
    await node.cycle(ended(job, 'failed'), false)
    expect(await budget(node)).toBeCloseTo(3, 1)
    await engine.query(`update jobs set due = true where id = $1`, [job.jobId])
    await bystander.cycle(ended(await claim(bystander), 'failed'), false)
    expect(await budget(node)).toBeCloseTo(4, 1)
    expect(await budget(bystander)).toBeCloseTo(4, 1)
  })

  test('an accepted result brings a quarter, up to four for a newcomer and twenty for a proven owner', async () => {
    await engine.query(`update oblivion.owners set claim_budget = 3.5 where address = $1`, [node.address])
    await engine.task(customer, 4)
    await node.cycle(done(await claim(node)), false)
    expect(await budget(node)).toBeCloseTo(3.75, 1)
    for (let i = 0; i < 2; i += 1) await node.cycle(done(await claim(node)), false)
    expect(await budget(node)).toBe(4)
    await engine.query(`update oblivion.owners set proven_count = 100 where address = $1`, [node.address])
    await engine.query(`update oblivion.owners set claim_budget = 4 where address = $1`, [node.address])
    await node.cycle(done(await claim(node)), false)
    expect(await budget(node)).toBeCloseTo(4.25, 1)
  })
})

describe('who has spent it', () => {
  const spend = async () => {
    for (let i = 0; i < 2; i += 1) {
      await engine.task(customer, 1)
      const job = await claim(node)
      await hold(job, 30)
      await node.cycle(ended(job, 'released'), false)
      await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
    }
    await engine.task(customer, 1)
  }

  test('waits at every door and is told how long, until time has brought it back', async () => {
    await spend()
    const { job, retryMs } = await node.cycle()
    expect({ job, retryMs }).toEqual({ job: null, retryMs: 60_000 })
    expect(await reason(node)).toBe('budget_spent')
    expect(await node.rpc('next_jobs', { p_provider_address: node.address })).toEqual([])
    const [next] = await engine.query<{ id: string }>(`select id from jobs where status = 'pending'`)
    expect(await node.rpc('claim_job_fair', { p_job_id: next?.id, p_provider_address: node.address })).toBe(false)
    await engine.query(
      `update jobs set offered_to = n.owner_id, offered_until = now() + interval '9 seconds' from nodes n where jobs.id = $1 and n.id = $2`,
      [next?.id, node.nodeId],
    )
    const taken = await node.session(({ query }) =>
      query(`update jobs set status = 'processing', provider_address = $2 where id = $1 returning id`, [
        next?.id,
        node.address,
      ]),
    )
    expect(taken).toEqual([])
    expect(await budget(node)).toBeCloseTo(-1, 1)
    // Eleven minutes later.
    await engine.query(
      `update oblivion.owners set budget_at = budget_at - interval '11 minutes', claims_from = claims_from - interval '11 minutes' where address = $1`,
      [node.address],
    )
    expect((await node.cycle()).job).not.toBeNull()
  })

  test('gets work all the same while nobody else is there', async () => {
    await spend()
    await engine.query(
      `update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour' where id = $1`,
      [bystander.nodeId],
    )
    expect(await reason(node)).toBe('job_waiting')
    expect((await node.cycle()).job).not.toBeNull()
  })

  test('and while whoever is there idles because the work does not suit it, until it has a job', async () => {
    await spend()
    await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
    await engine.query(`update nodes set last_seen = '2026-01-01', next_poll_at = '2026-01-01' where id = $1`, [
      bystander.nodeId,
    ])
    const server = await engine.node(addressOf(0x999), 'box', 'server')
    await engine.task(customer, 2, { workerTypes: ['browser'] })
    expect(await reason(node)).toBe('budget_spent')
    expect((await server.cycle()).job).toBeNull()
    expect(await reason(node)).toBe('job_waiting')
    await engine.task(customer, 1)
    const job = await claim(server)
    expect((await node.cycle()).job).toBeNull()
    await server.cycle(done(job), false)
    expect((await node.cycle()).job).not.toBeNull()
  })

  describe('and while what waits was tried before, and is not for whoever is there', () => {
    const drop = async () => {
      const job = await claim(node)
      await hold(job, 100)
      await node.cycle(ended(job, 'released'), false)
      return job.jobId
    }
    /** The fair order counts it as before: nobody lets others go first with what was tried. */
    const stillWaits = async (of: Node) => {
      const [row] = await engine.query('select unsuited_until from nodes where id = $1', [of.nodeId])
      expect(row).toEqual({ unsuited_until: null })
    }

    test('since its task does not suit that node', async () => {
      await engine.query(`update nodes set last_seen = '2026-01-01', next_poll_at = '2026-01-01' where id = $1`, [
        bystander.nodeId,
      ])
      serial += 1
      const server = await engine.node(addressOf(serial), 'box', 'server')
      await engine.task(customer, 1, { workerTypes: ['browser'] })
      const jobId = await drop()
      expect((await node.cycle()).job).toBeNull()
      expect((await server.cycle()).job).toBeNull()
      await stillWaits(server)
      expect(await reason(node)).toBe('job_waiting')
      expect((await node.cycle()).job).toMatchObject({ jobId })
    })

    test('since its owner did the other replica', async () => {
      await engine.task(customer, 1, { trust: { replicas: 2 } })
      expect(await bystander.cycle(done(await claim(bystander)))).toMatchObject({ accepted: true, job: null })
      await stillWaits(bystander)
      const jobId = await drop()
      expect((await node.cycle()).job).toMatchObject({ jobId })
    })
  })
})

test('a node that fails one job in ten never waits', async () => {
  await engine.task(customer, 100, { maxAttempts: 10 })
  for (let i = 1; i <= 100; i += 1) {
    const job = await claim(node)
    await hold(job, 10)
    await node.cycle(i % 10 === 0 ? ended(job, 'failed') : done(job), false)
    expect(await reason(node)).not.toBe('budget_spent')
  }
  expect(await budget(node)).toBeGreaterThan(2)
})
