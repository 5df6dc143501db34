import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * T3: what ends a job for good counts only from an established owner's node, or an operator's. Each attack through both
 * doors of a claim: work_cycle, and the direct update of an offered job.
 */

type Job = NonNullable<WorkCycle['job']>
let engine: Engine
let customer: Wallet
let serial = 0x3000

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.query(`update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'`)
})
afterAll(() => engine.drop())

const stranger = (workerType = 'browser'): Promise<Node> => {
  serial += 1
  return engine.node(addressOf(serial), 'box', workerType)
}
const proven = async (): Promise<Node> => {
  const node = await stranger()
  await engine.query('update oblivion.owners set proven_count = 30 where address = $1', [node.address])
  return node
}
const operator = async (): Promise<Node> => {
  const node = await stranger()
  await engine.coordinator('mark_operator_node', [node.nodeId])
  return node
}
const byCycle = async (node: Node): Promise<Job> => {
  const { job } = await node.cycle()
  if (job === null) throw new Error('The node got nothing.')
  return job
}
const byUpdate = async (node: Node): Promise<Job> => {
  const [offer] = await node.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: node.address })
  const [row] = await node.session(({ query }) =>
    query<Job>(
      `update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending'
       returning id as "jobId", attempt, task_id as "taskId", chunk_index as "chunkIndex"`,
      [offer?.jobId, node.address],
    ),
  )
  if (row === undefined) throw new Error('The update changed nothing.')
  return row
}
const ended = (job: Job, outcome: string) => ({ jobId: job.jobId, attempt: job.attempt, outcome, error: 'boom' })
/** Pauses end, and whoever waits for a job has waited long enough. */
const later = () =>
  engine.query(`update jobs set available_at = now() - interval '3 minutes', due = true where status = 'pending'`)
const stateOf = async (taskId: string) => customer.rpc<{ status: string }>('get_task', { p_task_id: taskId })
const jobOf = async (jobId: string) => {
  const [row] = await engine.query<{ status: string; failures: number; losses: number; error: string; pause: number }>(
    `select status, failures, losses, error, extract(epoch from available_at - now())::float8 as pause from jobs where id = $1`,
    [jobId],
  )
  return row
}
const lapse = async (jobId: string, ran = '0') => {
  await engine.query(
    `update jobs set lease_expires_at = now() - interval '1 second', started_at = started_at - $2::interval where id = $1`,
    [jobId, ran],
  )
  await engine.coordinator('run_rescue')
}

describe.each([
  ['work_cycle', byCycle],
  ['the fallback update', byUpdate],
] as const)('T3, by %s', (_, claim) => {
  test('3 liars who fail a job do not fail its task, nor do 8 more: the first honest node completes it', async () => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 3 })
    for (let liar = 0; liar < 11; liar += 1) {
      const node = await stranger(liar % 2 === 0 ? 'browser' : 'server')
      expect(await node.cycle(ended(await claim(node), 'failed'), false)).toMatchObject({ accepted: true })
      await later()
    }
    const honest = await stranger()
    const job = await claim(honest)
    expect(await jobOf(job.jobId)).toMatchObject({ status: 'processing', failures: 2 })
    expect(await honest.cycle(done(job), false)).toMatchObject({ accepted: true })
    expect(await stateOf(taskId)).toMatchObject({ status: 'completed' })
  })

  test.each([
    ['wrong results', (job: Job, node: Node) => node.cycle({ ...done(job), resultHash: '0'.repeat(64) }, false)],
    ['leaving', (job: Job) => lapse(job.jobId)],
    ['holding it to the end of its time', (job: Job) => lapse(job.jobId, '2 hours')],
  ] as const)('nor do 12 liars by %s', async (_way, lie) => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 1 })
    let jobId = ''
    for (let liar = 0; liar < 12; liar += 1) {
      const node = await stranger()
      const job = await claim(node)
      jobId = job.jobId
      await lie(job, node)
      await later()
    }
    expect(await jobOf(jobId)).toMatchObject({ status: 'pending', failures: 0 })
    expect(await stateOf(taskId)).toMatchObject({ status: 'running' })
  })

  test.each([
    ['an established owner', proven],
    ['an operator, by the mark on its key', operator],
  ] as const)('a program that fails is failed for good by %s', async (_who, hire) => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 3 })
    const last = await hire()
    for (const node of [await stranger(), await stranger(), await stranger(), last]) {
      const job = await claim(node)
      // In words of its own: the same words of another owner would be a result, and paid (M12).
      await node.cycle({ ...ended(job, 'failed'), error: node === last ? 'boom' : `boom ${node.address}` }, false)
      await later()
      if (node !== last) expect(await jobOf(job.jobId)).toMatchObject({ status: 'pending' })
      else expect(await jobOf(job.jobId)).toMatchObject({ status: 'failed', failures: 3, error: 'Attempt 4: boom' })
    }
    expect(await stateOf(taskId)).toMatchObject({ status: 'failed' })
  })
})

test('T3: what a node says of itself makes it no more: a self-declared server with every capability is a stranger', async () => {
  const node = await engine.node(addressOf(0x4000), 'box', 'server', {
    p_capabilities: '{"operator": true, "trusted": true}',
  })
  const taskId = await engine.task(customer, 1, { maxAttempts: 1 })
  await node.cycle(ended(await byCycle(node), 'failed'), false)
  expect(await stateOf(taskId)).toMatchObject({ status: 'running' })
})

test('T3: the mark is of the key: who registers the node again has an unmarked one', async () => {
  const marked = await operator()
  const again = await engine.node(marked.address, 'box')
  expect(again.nodeId).toBe(marked.nodeId)
  const taskId = await engine.task(customer, 1, { maxAttempts: 1 })
  await again.cycle(ended(await byCycle(again), 'failed'), false)
  expect(await stateOf(taskId)).toMatchObject({ status: 'running' })
  await expect(engine.coordinator('mark_operator_node', [crypto.randomUUID()])).rejects.toMatchObject({ code: 'OB003' })
})

test('while only strangers fail it, the pause before the next try grows to minutes', async () => {
  await engine.task(customer, 1, { maxAttempts: 1 })
  const pauses: number[] = []
  for (let liar = 0; liar < 10; liar += 1) {
    const node = await stranger()
    const job = await byCycle(node)
    await node.cycle(ended(job, 'failed'), false)
    pauses.push((await jobOf(job.jobId))?.pause ?? 0)
    await later()
  }
  expect(pauses[0]).toBeLessThan(3)
  expect(pauses[9]).toBeGreaterThan(200)
  expect(pauses[9]).toBeLessThan(380)
})

describe('T3: on a young network, where nobody established is online, a broken program comes to an end', () => {
  const failAgain = async (node: Node): Promise<string> => {
    const job = await byCycle(node)
    await node.cycle(ended(job, 'failed'), false)
    await later()
    return job.jobId
  }
  /** As if what has happened had happened so much earlier. */
  const passes = (time: string) =>
    engine.query(`
      set session_replication_role = replica;
      update oblivion.attempts set ended_at = ended_at - interval '${time}';
      update jobs set created_at = created_at - interval '${time}';
      set session_replication_role = origin`)

  test('strangers who have failed it for an hour have the last word, and say what they saw', async () => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 3 })
    for (let count = 0; count < 4; count += 1) await failAgain(await stranger())
    await passes('59 minutes')
    const jobId = await failAgain(await stranger())
    expect(await jobOf(jobId)).toMatchObject({ status: 'pending', failures: 2 })
    await passes('2 minutes')
    await failAgain(await stranger())
    expect(await jobOf(jobId)).toMatchObject({ status: 'failed', failures: 3, error: 'Attempt 6: boom' })
    expect(await stateOf(taskId)).toMatchObject({ status: 'failed' })
  })

  test.each([
    ['is of another kind than the task asks for', { workerTypes: ['browser'] }, 'server'],
    ['asks more than it pays', { maxPricePerHour: '10' }, 'browser'],
  ] as const)('also while an operator’s node is online that %s', async (_who, needs, workerType) => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 3, ...needs })
    for (let count = 0; count < 4; count += 1) await failAgain(await stranger())
    await passes('61 minutes')
    const { nodeId } = await stranger(workerType)
    await engine.coordinator('mark_operator_node', [nodeId])
    await engine.query('update nodes set last_seen = now(), price_per_hour = 100 where id = $1', [nodeId])
    await failAgain(await stranger())
    expect(await stateOf(taskId)).toMatchObject({ status: 'failed' })
  })

  test('also while a proven owner is online that has another replica of its chunk, and could not take this one', async () => {
    await engine.task(customer, 1, { maxAttempts: 3, trust: { replicas: 2 } })
    const one = await proven()
    await one.cycle(done(await byCycle(one)), false)
    for (let count = 0; count < 4; count += 1) await failAgain(await stranger())
    await passes('61 minutes')
    await engine.query('update nodes set last_seen = now() where id = $1', [one.nodeId])
    expect(await jobOf(await failAgain(await stranger()))).toMatchObject({ status: 'failed', failures: 3 })
  })

  test('but not before it was tried as often as its task says', async () => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 3 })
    await failAgain(await stranger())
    await passes('3 hours')
    await failAgain(await stranger())
    expect(await stateOf(taskId)).toMatchObject({ status: 'running' })
  })

  test.each([
    ['an established owner', proven],
    ['an operator’s node', operator],
  ] as const)('nor while %s is online', async (_who, hire) => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 3 })
    for (let count = 0; count < 4; count += 1) await failAgain(await stranger())
    await passes('3 hours')
    const { nodeId } = await hire()
    await engine.query('update nodes set last_seen = now() where id = $1', [nodeId])
    await failAgain(await stranger())
    expect(await stateOf(taskId)).toMatchObject({ status: 'running' })
  })
})
