import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/* A8: the kill switch. T3: a program is quarantined by the word of established nodes, never by strangers'. */

type Job = NonNullable<WorkCycle['job']>
let engine: Engine
let customer: Wallet
let serial = 0x5000

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.coordinator('allow_program', ['raytrace'])
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.coordinator('run_rescue')
})
afterAll(() => engine.drop())

const hire = (accepted = 0): Promise<Node> => {
  serial += 1
  const address = addressOf(serial)
  return engine.node(address).then(async (node) => {
    await engine.query('update oblivion.owners set proven_count = $2 where address = $1', [address, accepted])
    return node
  })
}
const taken = async (node: Node): Promise<Job> => {
  const { job } = await node.cycle()
  if (job === null) throw new Error('The node got nothing.')
  return job
}
const died = (job: Job) => ({
  ...{ jobId: job.jobId, attempt: job.attempt, outcome: 'failed', error: 'OB209', reason: 'sandbox_died' },
})
const beat = (node: Node, job: Job) =>
  node.rpc<{ cancel: boolean }>('heartbeat', { p_node_id: node.nodeId, p_job_id: job.jobId, p_attempt: job.attempt })
const stateOf = (taskId: string) => customer.rpc<Record<string, unknown>>('get_task', { p_task_id: taskId })
const stopped = async () =>
  (await engine.query<{ key: string }>('select program_key as key from oblivion.stopped_programs')).map(
    ({ key }) => key,
  )

describe('A8: an operator stops a program', () => {
  test('its nodes drop it with their next heartbeat, nobody gets more of it by any door, and it can be posted no more', async () => {
    const [worker, other] = [await hire(100), await hire(100)]
    const taskId = await engine.task(customer, 3)
    const job = await taken(worker)
    const [offer] = await other.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: other.address })
    expect(await beat(worker, job)).toMatchObject({ cancel: false })

    expect(await engine.coordinator('stop_program', ['raytrace', 'It attacks a home router.'])).toBe(1)
    // A node beats every 15 s while it holds a job.
    expect(await beat(worker, job)).toMatchObject({ cancel: true })
    await worker.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
    expect((await worker.cycle()).job).toBeNull()
    expect(await other.rpc('next_jobs', { p_provider_address: other.address })).toEqual([])
    expect(await other.rpc('claim_job_fair', { p_job_id: offer?.jobId, p_provider_address: other.address })).toBe(false)
    const rows = await other.session(({ query }) =>
      query(`update public.jobs set status = 'processing', provider_address = $2 where id = $1 returning id`, [
        ...[offer?.jobId, other.address],
      ]),
    )
    expect(rows).toEqual([])
    expect(await stateOf(taskId)).toMatchObject({ status: 'paused', pausedReason: 'program_stopped', held: '3000' })
    await expect(customer.rpc('resume_task', { p_task_id: taskId })).rejects.toMatchObject({
      ...{ code: 'OB055', detail: expect.stringContaining('home router') },
    })
    await expect(engine.task(customer, 1)).rejects.toMatchObject({ code: 'OB055' })
  })

  test('a customer gets the money of a stopped task back by cancelling it; what was allowed again goes on', async () => {
    const node = await hire(100)
    const [dropped, kept] = [await engine.task(customer, 2), await engine.task(customer, 1)]
    await engine.coordinator('stop_program', ['raytrace', 'A look at it.'])
    expect(await customer.rpc('cancel_task', { p_task_id: dropped })).toEqual({ status: 'cancelled', refunded: '2000' })
    expect(await engine.coordinator('allow_program', ['raytrace'])).toBe(1)
    const job = await taken(node)
    expect(job.taskId).toBe(kept)
    expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
    expect(await stateOf(kept)).toMatchObject({ status: 'completed' })
  })

  test('a task that its customer had paused stays so when the program is allowed again', async () => {
    const taskId = await engine.task(customer, 1)
    await customer.rpc('pause_task', { p_task_id: taskId })
    await engine.coordinator('stop_program', ['raytrace', 'A look at it.'])
    await expect(customer.rpc('resume_task', { p_task_id: taskId })).rejects.toMatchObject({ code: 'OB055' })
    await engine.coordinator('allow_program', ['raytrace'])
    expect(await stateOf(taskId)).toMatchObject({ status: 'paused', pausedReason: 'customer' })
    expect(await customer.rpc('resume_task', { p_task_id: taskId })).toEqual({ status: 'running' })
  })

  test.each(['', 'No Such', 'sha256:xyz', null])('%s is no name of a program', async (key) => {
    await expect(engine.coordinator('stop_program', [key, 'x'])).rejects.toMatchObject({ code: 'OB005' })
  })
})

describe('T3: a program that kills sandboxes', () => {
  const killOff = async (node: Node) => {
    await engine.query(
      `update jobs set available_at = now() - interval '3 minutes', due = true where status = 'pending'`,
    )
    const job = await taken(node)
    expect(await node.cycle(died(job), false)).toMatchObject({ accepted: true })
    await engine.coordinator('advance_tasks')
  }

  test('is not quarantined by 2 liars, nor by 12', async () => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 10 })
    for (let liar = 0; liar < 12; liar += 1) await killOff(await hire())
    expect(await stopped()).toEqual([])
    expect(await stateOf(taskId)).toMatchObject({ status: 'running' })
  })

  test('nor by one established owner many times over, but by three of them', async () => {
    const [a, b, c] = [await hire(100), await hire(100), await hire(100)]
    const taskId = await engine.task(customer, 3, { maxAttempts: 10 })
    for (const node of [a, a, a, b, a, b]) await killOff(node)
    expect(await stopped()).toEqual([])
    await killOff(c)
    expect(await stopped()).toEqual(['raytrace'])
    expect(await stateOf(taskId)).toMatchObject({ status: 'paused', pausedReason: 'program_stopped' })
  })

  test("is quarantined by an operator's node alone", async () => {
    const node = await hire()
    await engine.coordinator('mark_operator_node', [node.nodeId])
    await engine.task(customer, 1, { maxAttempts: 10 })
    await killOff(node)
    expect(await stopped()).toEqual(['raytrace'])
  })

  test('by heartbeats alone, where no server runs', async () => {
    const [node, other] = [await hire(), await hire(100)]
    await engine.coordinator('mark_operator_node', [node.nodeId])
    const taskId = await engine.task(customer, 2, { maxAttempts: 10 })
    await node.cycle(died(await taken(node)), false)
    const job = await taken(other)
    expect(await stopped()).toEqual([])
    await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
    await beat(other, job)
    expect(await stopped()).toEqual(['raytrace'])
    expect(await beat(other, job)).toMatchObject({ cancel: true })
    expect(await stateOf(taskId)).toMatchObject({ status: 'paused', pausedReason: 'program_stopped' })
  })

  test('a pass does not wait for a program that somebody is about to stop, and no heartbeat fails by it', async () => {
    const [node, other] = [await hire(), await hire(100)]
    await engine.coordinator('mark_operator_node', [node.nodeId])
    await engine.task(customer, 2, { maxAttempts: 10 })
    await node.cycle(died(await taken(node)), false)
    await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
    const job = await taken(other)
    await engine.database.as({ role: 'oblivion_coordinator' }, async ({ query }) => {
      await query(`select oblivion.stop_program('another', 'held open')`)
      expect(await beat(other, job)).toMatchObject({ cancel: false })
    })
    await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
    await beat(other, job)
    expect((await stopped()).sort()).toEqual(['another', 'raytrace'])
    await engine.coordinator('allow_program', ['another'])
  })

  test('no task has a built-in of a name that could not be stopped: it would end every tick for everybody', async () => {
    for (const type of ['No Such', 'sha256:ab', 'ünknown', '1st', 'a\n'])
      await expect(engine.task(customer, 1, { type })).rejects.toMatchObject({
        ...{ code: 'OB005', detail: expect.stringContaining('"type"') },
      })
    const [a, b, c] = [await hire(100), await hire(100), await hire(100)]
    await engine.task(customer, 3, { maxAttempts: 10, type: 'no_such-program' })
    for (const node of [a, b, c]) await killOff(node)
    expect(await stopped()).toEqual(['no_such-program'])
    await engine.coordinator('allow_program', ['no_such-program'])
  })

  test('a death that the engine did not take, of an attempt that was superseded, says nothing', async () => {
    const node = await hire()
    await engine.coordinator('mark_operator_node', [node.nodeId])
    await engine.task(customer, 1, { maxAttempts: 10 })
    const job = await taken(node)
    await node.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
    expect(await node.cycle(died(job), false)).toMatchObject({ accepted: false })
    await engine.coordinator('advance_tasks')
    expect(await stopped()).toEqual([])
  })
})
