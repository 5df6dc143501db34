import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

let engine: Engine
let customer: Wallet
let a: Node
let b: Node

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  a = await engine.node(addressOf(2))
  b = await engine.node(addressOf(3))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
  await rescue()
})
afterAll(() => engine.drop())

const claim = async (node: Node): Promise<NonNullable<WorkCycle['job']>> => {
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  return job
}
const jobOf = async (id: string) => {
  const [row] = await engine.query(`select * from jobs where id = $1`, [id])
  if (row === undefined) throw new Error('No such job.')
  return row
}
/** Moves the database's clock for one job: as if `seconds` had gone by since its last beat. */
const age = (id: string, seconds: number) =>
  engine.query(
    `update jobs set lease_expires_at = lease_expires_at - make_interval(secs => $2),
                     started_at = started_at - make_interval(secs => $2) where id = $1`,
    [id, seconds],
  )
const rescue = () => engine.coordinator<number>('run_rescue')
const outcomes = async (id: string) =>
  (
    await engine.query<{ outcome: string }>(
      `select outcome from oblivion.attempts where job_id = $1 order by attempt`,
      [id],
    )
  ).map(({ outcome }) => outcome)

describe('leases', () => {
  test('a tab keeps its job for 45 s, renewed by each beat, with its progress', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    await age(job.jobId, 30)
    const beat = await a.rpc<{ leaseExpiresAt: string; cancel: boolean }>('heartbeat', {
      p_node_id: a.nodeId,
      p_job_id: job.jobId,
      p_attempt: job.attempt,
      p_progress: 0.5,
    })
    expect(beat.cancel).toBe(false)
    expect(Date.parse(beat.leaseExpiresAt) - Date.now()).toBeGreaterThan(40_000)
    expect(await jobOf(job.jobId)).toMatchObject({ progress: 0.5 })
    expect(await rescue()).toBe(0)
  })

  test('a job of a dead tab goes back to pending, and another finishes it under the next attempt', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    await age(job.jobId, 46)
    expect(await rescue()).toBe(1)
    expect(await jobOf(job.jobId)).toMatchObject({ status: 'pending', node_id: null, losses: 1, failures: 0 })
    const again = await claim(b)
    expect(again).toMatchObject({ jobId: job.jobId, attempt: 2 })
    // The dead one comes back late: refused, and nothing changes.
    expect(await a.cycle(done(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
    expect(await b.cycle(done(again), false)).toMatchObject({ accepted: true })
    expect(await a.cycle(done(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
    expect(await outcomes(job.jobId)).toEqual(['expired', 'succeeded'])
    const receipts = await engine.query(`select provider_owner_id from oblivion.receipts where job_id = $1`, [
      job.jobId,
    ])
    expect(receipts).toHaveLength(1)
  })

  test('a result after the end of the lease counts while the same attempt still stands', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    await age(job.jobId, 46)
    expect(await a.cycle(done(job), false)).toMatchObject({ accepted: true })
    expect(await rescue()).toBe(0)
  })

  test('a heartbeat of a job that is not this node’s any more says to drop it', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    await age(job.jobId, 46)
    await rescue()
    const beat = (attempt: number) =>
      a.rpc('heartbeat', { p_node_id: a.nodeId, p_job_id: job.jobId, p_attempt: attempt, p_progress: 1 })
    expect(await beat(1)).toEqual({ leaseExpiresAt: null, cancel: true })
    expect(await jobOf(job.jobId)).toMatchObject({ status: 'pending', progress: 0 })
  })

  test('SW-42: no beat keeps a job beyond its maximum run time, which counts as a failure', async () => {
    await engine.task(customer, 1, { timeoutSeconds: 60 })
    const job = await claim(a)
    await age(job.jobId, 59)
    const { leaseExpiresAt } = await a.rpc<{ leaseExpiresAt: string }>('heartbeat', {
      p_node_id: a.nodeId,
      p_job_id: job.jobId,
      p_attempt: 1,
    })
    expect(Date.parse(leaseExpiresAt) - Date.now()).toBeLessThan(2_000)
    await age(job.jobId, 2)
    expect(await rescue()).toBe(1)
    expect(await jobOf(job.jobId)).toMatchObject({
      failures: 1,
      losses: 0,
      error: expect.stringContaining('60 seconds'),
    })
  })

  test('a node that starts again with its key gets back nothing while somebody beats, and then all is given back', async () => {
    type Resumed = { settings: Record<string, number>; waitMs: number }
    const server = await engine.node(addressOf(2), 'server', 'server')
    const resume = (): Promise<Resumed> => server.rpc('resume_node', { p_node_id: server.nodeId })
    const silent = (seconds: number) =>
      engine.query(`update nodes set last_seen = now() - make_interval(secs => $2) where id = $1`, [
        server.nodeId,
        seconds,
      ])
    expect(await resume()).toEqual({
      settings: { heartbeatSeconds: 15, maxJobs: 2, maxInlineBytes: 65_536 },
      waitMs: 0,
    })
    await engine.task(customer, 1)
    const job = await claim(server)
    await silent(44)
    const { waitMs } = await resume()
    expect(waitMs).toBeGreaterThan(0)
    expect(waitMs).toBeLessThanOrEqual(1000)
    // It was no sign of life, so that asking again and again does not put it off.
    await silent(46)
    expect((await resume()).waitMs).toBe(0)
    expect(await jobOf(job.jobId)).toMatchObject({
      status: 'pending',
      due: true,
      failures: 0,
      losses: 0,
      node_id: null,
    })
    expect(await outcomes(job.jobId)).toEqual(['released'])
    const [row] = await engine.query(
      `select current_jobs, last_seen < now() - interval '40 seconds' as silent from nodes where id = $1`,
      [server.nodeId],
    )
    expect(row).toEqual({ current_jobs: 0, silent: true })
    expect(await server.cycle(done(job))).toMatchObject({ accepted: false, reason: 'stale_attempt' })
    await expect(a.rpc('resume_node', { p_node_id: server.nodeId })).rejects.toMatchObject({ code: 'OB004' })
  })

  test('FJ-15: rescue runs from a heartbeat and from an empty poll, at most once per 5 s', async () => {
    for (const wake of [
      () => b.rpc('heartbeat', { p_node_id: b.nodeId }),
      // b cannot take the job itself in the same call, so its poll is empty.
      () => b.cycle(null),
      () => customer.rpc('cleanup_stale_jobs'),
    ]) {
      await engine.task(customer, 1)
      const job = await claim(a)
      await age(job.jobId, 46)
      await engine.query(`update oblivion.rescue_pass set last_at = now()`)
      await wake()
      expect(await jobOf(job.jobId)).toMatchObject({ status: 'processing' })
      await engine.query(`update oblivion.rescue_pass set last_at = now() - interval '5 seconds'`)
      await wake()
      expect(await jobOf(job.jobId)).toMatchObject({ status: 'pending' })
      await engine.query(`update jobs set status = 'cancelled' where id = $1`, [job.jobId])
    }
  })

  test('a job lost too often fails with its reason', async () => {
    await engine.query(`update oblivion.settings set max_losses = 2`)
    await engine.coordinator('mark_operator_node', [b.nodeId])
    const taskId = await engine.task(customer, 1)
    const first = await claim(a)
    await age(first.jobId, 46)
    await rescue()
    await claim(b)
    await age(first.jobId, 46)
    await rescue()
    expect(await jobOf(first.jobId)).toMatchObject({ status: 'failed', error: expect.stringContaining('2 nodes') })
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ status: 'failed', held: '0' })
    await engine.query(`update oblivion.settings set max_losses = 10`)
  })
})

test('a claim whose answer was lost on the way is told again, under the same attempt', async () => {
  await engine.task(customer, 2)
  const job = await claim(a)
  await age(job.jobId, 30)
  const { lease_expires_at: before } = (await jobOf(job.jobId)) as { lease_expires_at: Date }
  expect((await a.cycle()).job).toMatchObject({ jobId: job.jobId, attempt: job.attempt })
  const { lease_expires_at: after } = (await jobOf(job.jobId)) as { lease_expires_at: Date }
  expect(after.getTime() - before.getTime()).toBeGreaterThan(25_000)
  expect(await outcomes(job.jobId)).toEqual([])
})

test('so is one of a newcomer that has a place left, of several each in its turn, and where a place is nobody’s', async () => {
  const server = await engine.node(addressOf(2), 'server', 'server')
  const asked = async () => (await server.cycle()).job?.jobId
  await engine.task(customer, 4)
  const first = await claim(server)
  // A second place that it may not fill yet.
  expect(await server.cycle()).toMatchObject({ job: { jobId: first.jobId, attempt: 1 } })

  await engine.query(`update oblivion.settings set proven_after = 0`)
  const second = await claim(server)
  expect(second.jobId).not.toBe(first.jobId)
  // Both answers were lost: whoever computes what it was told beats, and the next is told of the other.
  expect(await asked()).toBe(first.jobId)
  expect(await asked()).toBe(second.jobId)
  await server.rpc('heartbeat', { p_node_id: server.nodeId, p_job_id: first.jobId, p_attempt: 1 })
  expect(await asked()).toBe(second.jobId)
  for (const job of [first, second]) await server.cycle(done(job), false)

  // By itself it computes one at a time: it holds no second one, which nobody would compute.
  const resume = (p_max_jobs?: number) => server.rpc('resume_node', { p_node_id: server.nodeId, p_max_jobs })
  const places = (maxJobs: number) => ({ settings: expect.objectContaining({ maxJobs }) })
  expect(await resume(1)).toMatchObject(places(1))
  const third = await claim(server)
  expect(await asked()).toBe(third.jobId)
  // As many as it may, and no more.
  expect(await resume()).toMatchObject(places(2))
  expect(await resume(9)).toMatchObject(places(2))
  await expect(resume(0)).rejects.toMatchObject({ code: 'OB005' })
  await engine.query(`update oblivion.settings set proven_after = 30`)
})

describe('completion', () => {
  test('told twice, because the first answer was lost, is paid once', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    expect(await a.cycle(done(job), false)).toMatchObject({ accepted: true })
    expect(await a.cycle(done(job), false)).toMatchObject({ accepted: true })
    expect(await a.cycle({ ...done(job), outcome: 'failed' }, false)).toMatchObject({
      accepted: false,
      reason: 'stale_attempt',
    })
    expect(await engine.query(`select id from oblivion.receipts where job_id = $1`, [job.jobId])).toHaveLength(1)
  })

  test('the server hashes for itself: another hash is refused and the job goes on elsewhere', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    const lie = { ...done(job), resultHash: '0'.repeat(64) }
    expect(await a.cycle(lie, false)).toMatchObject({ accepted: false, reason: 'hash_mismatch' })
    expect(await outcomes(job.jobId)).toEqual(['rejected'])
    expect(await jobOf(job.jobId)).toMatchObject({ status: 'pending', failures: 1, due: false })
  })

  test('a result above the limit is refused', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    expect(await a.cycle(done(job, 'x'.repeat(70_000)), false)).toMatchObject({
      accepted: false,
      reason: 'result_too_large',
    })
    expect(await engine.query(`select job_id from oblivion.results where job_id = $1`, [job.jobId])).toEqual([])
  })

  test('JM-24, JM-26, JM-28, JM-33, SW-34, SW-35: a failing program is tried 3 times with growing pauses, each error kept with its number, then fails for good and its money is free again', async () => {
    const before = await customer.rpc<{ free: string }>('my_balance')
    await engine.coordinator('mark_operator_node', [a.nodeId])
    const taskId = await engine.task(customer, 1)
    const pauses: number[] = []
    let jobId = ''
    for (const node of [a, b, a]) {
      const job = await claim(node)
      jobId = job.jobId
      // Each in words of its own: said alike by two owners it would be a result (M12).
      const error = `boom by ${node.address}`
      await node.cycle({ jobId, attempt: job.attempt, outcome: 'failed', error }, false)
      expect(await jobOf(jobId)).toMatchObject({ error: `Attempt ${job.attempt}: ${error}` })
      const [paused] = await engine.query<{ seconds: number }>(
        `select extract(epoch from j.available_at - a.ended_at)::float8 as seconds from jobs j
           join oblivion.attempts a on a.job_id = j.id and a.attempt = j.attempt where j.id = $1 and not j.due`,
        [jobId],
      )
      if (paused !== undefined) pauses.push(paused.seconds)
      expect((await node.cycle()).job).toBeNull()
      await engine.query(`update jobs set available_at = now() where id = $1`, [jobId])
    }
    expect(pauses[0]).toBeGreaterThan(1)
    expect(pauses[1]).toBeGreaterThan(2.5)
    expect(await jobOf(jobId)).toMatchObject({ status: 'failed', attempt: 3, error: `Attempt 3: boom by ${a.address}` })
    for (const node of [a, b]) expect((await node.cycle()).job).toBeNull()
    expect(
      await engine.query(`select outcome, error from oblivion.attempts where job_id = $1 order by attempt`, [jobId]),
    ).toEqual([a, b, a].map(({ address }) => ({ outcome: 'failed', error: `boom by ${address}` })))
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
      status: 'failed',
      chunks: 'f',
      spent: '0',
    })
    expect((await customer.rpc<{ free: string }>('my_balance')).free).toBe(before.free)
  })

  test('FJ-10: complete_job is true for who holds the job and counts it once: one less at hand, one more completed', async () => {
    await engine.task(customer, 2)
    const first = await claim(a)
    const args = { p_job_id: first.jobId, p_provider_address: a.address }
    expect(
      await b.rpc('complete_job', { ...args, p_provider_address: b.address, p_result: '{}', p_result_hash: 'x' }),
    ).toBe(false)
    const { result, resultHash } = done(first)
    const complete = { ...args, p_status: 'completed', p_result: JSON.stringify(result), p_result_hash: resultHash }
    const counts = async () => {
      const [node] = await engine.query<{ current: number; completed: number }>(
        'select current_jobs as current, total_jobs_completed::int as completed from nodes where id = $1',
        [a.nodeId],
      )
      return node
    }
    const completed = (await counts())?.completed ?? Number.NaN
    expect(await counts()).toEqual({ current: 1, completed })
    // Again, for the answer may have been lost.
    for (let time = 0; time < 2; time += 1) {
      expect(await a.rpc('complete_job', complete)).toBe(true)
      expect(await counts()).toEqual({ current: 0, completed: completed + 1 })
    }
    const second = await claim(a)
    expect(await a.rpc('fail_job', { p_job_id: second.jobId, p_provider_address: a.address, p_error: 'no' })).toBe(true)
    expect(await outcomes(second.jobId)).toEqual(['failed'])
    expect(await counts()).toEqual({ current: 0, completed: completed + 1 })
  })

  test('SW-12: fail_job records the error and schedules the next attempt, and after the last one the job has failed', async () => {
    // The last word is an operator's node.
    await engine.coordinator('mark_operator_node', [b.nodeId])
    await engine.task(customer, 1, { maxAttempts: 2 })
    const { jobId } = await claim(a)
    const fail = (node: Node, p_error: string) =>
      node.rpc('fail_job', { p_job_id: jobId, p_provider_address: node.address, p_error })
    expect(await fail(a, 'no paper')).toBe(true)
    const paused = await jobOf(jobId)
    expect(paused).toMatchObject({ status: 'pending', due: false, failures: 1, provider_address: null })
    expect(paused.available_at).toSatisfy((at: Date) => at.getTime() > Date.now())
    await engine.query(`update jobs set available_at = now() where id = $1`, [jobId])
    expect(await claim(b)).toMatchObject({ jobId, attempt: 2 })
    expect(await fail(b, 'no ink')).toBe(true)
    expect(await jobOf(jobId)).toMatchObject({ status: 'failed', error: 'Attempt 2: no ink' })
    expect(
      await engine.query(`select outcome, error from oblivion.attempts where job_id = $1 order by attempt`, [jobId]),
    ).toEqual(['no paper', 'no ink'].map((error) => ({ outcome: 'failed', error })))
  })
})

describe('giving back', () => {
  test('a release goes back at once and counts neither as failure nor as loss', async () => {
    await engine.task(customer, 1)
    const job = await claim(a)
    await a.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
    expect(await jobOf(job.jobId)).toMatchObject({ status: 'pending', due: true, failures: 0, losses: 0 })
    expect(await claim(b)).toMatchObject({ jobId: job.jobId, attempt: 2 })
  })

  test('FJ-17: registering the same machine again is the same node, ends the older key and gives its job back', async () => {
    await engine.task(customer, 1)
    const old = await engine.node(addressOf(9), 'laptop')
    const job = await claim(old)
    const fresh = await engine.node(addressOf(9), 'laptop')
    expect(fresh.nodeId).toBe(old.nodeId)
    await expect(old.cycle(done(job), false)).rejects.toMatchObject({ code: 'OB004' })
    expect(await jobOf(job.jobId)).toMatchObject({ status: 'pending' })
    expect(await fresh.cycle(done(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
  })

  test('cancel frees open chunks, tells the running one, and pays it if it comes first', async () => {
    const before = BigInt((await customer.rpc<{ free: string }>('my_balance')).free)
    const taskId = await engine.task(customer, 3, { budget: '9000' })
    const job = await claim(a)
    expect(await customer.rpc('cancel_task', { p_task_id: taskId })).toEqual({ status: 'cancelled', refunded: '8000' })
    expect(await customer.rpc('cancel_task', { p_task_id: taskId })).toEqual({ status: 'cancelled', refunded: '0' })
    expect(
      await a.rpc('heartbeat', { p_node_id: a.nodeId, p_job_id: job.jobId, p_attempt: job.attempt }),
    ).toMatchObject({ cancel: true })
    expect(await a.cycle(done(job), false)).toMatchObject({ accepted: true })
    await rescue()
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
      chunks: 'cxx',
      spent: '1000',
      held: '0',
    })
    expect(BigInt((await customer.rpc<{ free: string }>('my_balance')).free)).toBe(before - 1000n)
  })

  test('a cancelled job that is released ends', async () => {
    const taskId = await engine.task(customer, 1)
    const job = await claim(a)
    await customer.rpc('cancel_task', { p_task_id: taskId })
    await a.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
    expect(await jobOf(job.jobId)).toMatchObject({ status: 'cancelled' })
    await rescue()
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ held: '0' })
  })
})
