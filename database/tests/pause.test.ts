import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/* A paused task: nothing new of it is claimed, what runs ends and is paid, its budget stays held. */

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
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.coordinator('run_rescue')
})
afterAll(() => engine.drop())

const claim = async (node: Node) => {
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  return job
}
const pause = (taskId: string) => customer.rpc('pause_task', { p_task_id: taskId })
const resume = (taskId: string) => customer.rpc('resume_task', { p_task_id: taskId })
const look = (taskId: string) =>
  customer.rpc<{ status: string; chunks: string; held: string; finishedAt: string | null }>('get_task', {
    p_task_id: taskId,
  })

test('its running chunk ends and is paid, nothing else is given out, and resumed it goes on', async () => {
  const taskId = await engine.task(customer, 3)
  const job = await claim(a)
  expect(await pause(taskId)).toEqual({ status: 'paused' })
  expect(await pause(taskId)).toEqual({ status: 'paused' })
  expect(await look(taskId)).toMatchObject({ status: 'paused', chunks: 'rbb', held: '3000', finishedAt: null })
  const beat = { p_node_id: a.nodeId, p_job_id: job.jobId, p_attempt: job.attempt }
  expect(await a.rpc('heartbeat', beat)).toMatchObject({ cancel: false })
  expect((await b.cycle()).job).toBeNull()
  expect(await a.cycle(done(job))).toMatchObject({ accepted: true, job: null })
  expect(await look(taskId)).toMatchObject({ status: 'paused', chunks: 'cbb', held: '2000' })
  expect(await resume(taskId)).toEqual({ status: 'running' })
  expect(await resume(taskId)).toEqual({ status: 'running' })
  expect((await claim(b)).taskId).toBe(taskId)
})

test.each(['released', 'failed'])(
  'a chunk that is %s in the meantime waits until the task is resumed',
  async (outcome) => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 2 })
    const job = await claim(a)
    await pause(taskId)
    await a.cycle({ jobId: job.jobId, attempt: job.attempt, outcome, error: 'x' }, false)
    expect(await look(taskId)).toMatchObject({ status: 'paused', chunks: 'b' })
    await engine.query(`update jobs set due = true, available_at = now() where id = $1`, [job.jobId])
    expect((await b.cycle()).job).toBeNull()
    await resume(taskId)
    expect(await claim(b)).toMatchObject({ jobId: job.jobId, attempt: 2 })
  },
)

test('one that a dead node held comes back blocked', async () => {
  const taskId = await engine.task(customer, 1)
  const job = await claim(a)
  await pause(taskId)
  await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where id = $1`, [job.jobId])
  expect(await engine.coordinator('run_rescue')).toBe(1)
  expect(await look(taskId)).toMatchObject({ status: 'paused', chunks: 'b' })
})

test('one whose late report is heard while the task is resumed is given out by the next tick', async () => {
  const taskId = await engine.task(customer, 1)
  const job = await claim(a)
  await pause(taskId)
  await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where id = $1`, [job.jobId])
  await engine.coordinator('run_rescue')
  await a.session(async ({ rpc }) => {
    const late = { p_node_id: a.nodeId, p_done: JSON.stringify(done(job)), p_claim: false }
    expect(await rpc('work_cycle', late)).toMatchObject({ reason: 'stale_attempt' })
    // The job's row is that call's to its end.
    expect(await resume(taskId)).toEqual({ status: 'running' })
  })
  expect(await look(taskId)).toMatchObject({ status: 'running', chunks: 'b' })
  await engine.coordinator('advance_tasks')
  expect(await claim(b)).toMatchObject({ jobId: job.jobId, attempt: 2 })
  expect(await engine.query('select from oblivion.moving_tasks')).toEqual([])
})

test('it ends with its last running chunk, as it would have', async () => {
  const taskId = await engine.task(customer, 1)
  const job = await claim(a)
  await pause(taskId)
  await a.cycle(done(job), false)
  expect(await look(taskId)).toMatchObject({ status: 'completed', chunks: 'c', held: '0' })
  expect(await pause(taskId)).toEqual({ status: 'completed' })
  expect(await resume(taskId)).toEqual({ status: 'completed' })
})

test('it can be cancelled, and then not be resumed', async () => {
  const taskId = await engine.task(customer, 3)
  const job = await claim(a)
  await pause(taskId)
  expect(await customer.rpc('cancel_task', { p_task_id: taskId })).toEqual({ status: 'cancelled', refunded: '2000' })
  expect(await resume(taskId)).toEqual({ status: 'cancelled' })
  expect(await look(taskId)).toMatchObject({ status: 'cancelled', chunks: 'rxx', held: '1000' })
  expect(await a.rpc('heartbeat', { p_node_id: a.nodeId, p_job_id: job.jobId, p_attempt: job.attempt })).toMatchObject({
    cancel: true,
  })
})

test('an offer of before ends with the pause', async () => {
  const taskId = await engine.task(customer, 1)
  const [offer] = await a.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: a.address })
  await pause(taskId)
  const claimed = { p_job_id: offer?.jobId, p_provider_address: a.address }
  expect(await a.rpc('claim_job_fair', claimed)).toBe(false)
  await resume(taskId)
  // The offer is gone with it: the job is open to whoever comes.
  expect(await claim(b)).toMatchObject({ jobId: offer?.jobId })
})

test('its customer is told', async () => {
  const taskId = await engine.task(customer, 1)
  await engine.coordinator('send_task_digests')
  await pause(taskId)
  await engine.coordinator('send_task_digests')
  const told = await engine.query<{ status: string }>(
    `select payload ->> 'status' as status from realtime.messages where topic = 'task:' || $1 order by inserted_at`,
    [taskId],
  )
  expect(told.map(({ status }) => status)).toEqual(['running', 'paused'])
})

test('paused, resumed, claimed, released and done at once, no job is left behind', async () => {
  await engine.query(`update oblivion.settings set proven_after = 0`)
  const taskId = await engine.task(customer, 40)
  const nodes = await Promise.all(Array.from({ length: 6 }, (_, index) => engine.node(addressOf(0x50 + index))))
  let open = true
  const toggling = (async () => {
    while (open) {
      await pause(taskId)
      await resume(taskId)
    }
  })()
  await Promise.all(
    nodes.map(async (node, index) => {
      for (let round = 0; round < 25; round += 1) {
        const { job } = await node.cycle()
        if (job === null) continue
        const report =
          (round + index) % 3 === 0 ? { jobId: job.jobId, attempt: job.attempt, outcome: 'released' } : done(job)
        expect(await node.cycle(report, false)).toMatchObject({ accepted: true })
      }
    }),
  )
  open = false
  await toggling
  const [lost] = await engine.query(
    `select count(*) filter (where status = 'blocked')::int as blocked, count(*)::int as jobs from jobs where task_id = $1`,
    [taskId],
  )
  expect(lost).toEqual({ blocked: 0, jobs: 40 })
  await pause(taskId)
  const { chunks, status } = await look(taskId)
  if (status === 'paused') expect(chunks).toMatch(/^[bc]+$/)
})
