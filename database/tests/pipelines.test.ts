import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * Stages: each chunk's job of a later stage is fed with the accepted result of the one before.
 */

let engine: Engine
let customer: Wallet
let node: Node
let other: Node
type Job = NonNullable<WorkCycle['job']> & { type: string; program: unknown }

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  node = await engine.node(addressOf(2), 'box', 'server')
  other = await engine.node(addressOf(3), 'box', 'server')
  await engine.query('update oblivion.settings set proven_after = 0')
})
afterAll(() => engine.drop())
beforeEach(async () => {
  for (const { id } of await engine.query<{ id: string }>(
    `select id from oblivion.tasks where status in ('running', 'paused')`,
  ))
    await customer.rpc('cancel_task', { p_task_id: id })
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing', 'blocked')`)
  await engine.coordinator('run_rescue')
})

const pipeline = [{ type: 'analysis' }, { program: { kind: 'builtin', name: 'storyboard' } }, { type: 'render' }]
const post = (chunks = 1, more: Record<string, unknown> = {}) =>
  engine.task(customer, chunks, { type: undefined, pipeline, ...more })
const take = async (from = node): Promise<Job> => {
  const { job } = await from.cycle()
  if (job === null) throw new Error('The node got nothing.')
  return job as Job
}
const give = async (job: Job, result: unknown, from = node) =>
  expect(await from.cycle(done(job, result), false)).toMatchObject({ accepted: true })
const view = (taskId: string) => customer.rpc<Record<string, unknown>>('get_task', { p_task_id: taskId })
const results = async (taskId: string, stage: number | null = null) =>
  (await customer.rpc<{ results: unknown[] }>('task_results', { p_task_id: taskId, p_stage: stage })).results

describe('a pipeline', () => {
  test('feeds each stage with the result before, in order, and ends with the last', async () => {
    const taskId = await post(2)
    expect(await view(taskId)).toMatchObject({
      ...{ type: 'analysis', held: '6000', chunks: 'pp', chunkCount: 2 },
      stages: [
        { type: 'analysis', counts: { pending: 2, blocked: 0 } },
        { type: 'storyboard', program: { kind: 'js', name: 'storyboard', reviewed: true }, counts: { blocked: 2 } },
        { type: 'render', counts: { blocked: 2 } },
      ],
    })
    const seen: unknown[] = []
    for (let n = 0; n < 6; n += 1) {
      const job = await take()
      seen.push([job.type, job.chunkIndex, job.input, (job.program as { name: string }).name])
      await give(job, { of: job.type, chunk: job.chunkIndex })
    }
    // Depth first or breadth first is the queue's business; what each got is not.
    const previous = (of: string, chunk: number) => ({ input: { index: chunk }, previous: { of, chunk } })
    for (const chunk of [0, 1]) {
      expect(seen).toContainEqual(['analysis', chunk, { index: chunk }, 'analysis'])
      expect(seen).toContainEqual(['storyboard', chunk, previous('analysis', chunk), 'storyboard'])
      expect(seen).toContainEqual(['render', chunk, previous('storyboard', chunk), 'render'])
    }
    expect(await view(taskId)).toMatchObject({ status: 'completed', chunks: 'cc', held: '0', spent: '6000' })
    expect(await results(taskId)).toMatchObject([
      { chunkIndex: 0, result: { of: 'render', chunk: 0 }, input: { index: 0 } },
      { chunkIndex: 1, result: { of: 'render', chunk: 1 } },
    ])
    expect(await results(taskId, 0)).toMatchObject([{ result: { of: 'analysis' } }, { result: { of: 'analysis' } }])
    await expect(results(taskId, 3)).rejects.toMatchObject({ code: 'OB005' })
    // Exactly the fee of the whole, however many jobs it is rounded over (M7).
    const [row] = await engine.query(
      'select sum(fee)::int as fee, count(*)::int as jobs from oblivion.receipts where task_id = $1',
      [taskId],
    )
    expect(row).toEqual({ fee: 300, jobs: 6 })
  })

  test('with replicas: the next stage gets what the quorum agreed on, and nothing before it has', async () => {
    const taskId = await post(1, { pipeline: pipeline.slice(0, 2), trust: { replicas: 2 } })
    const [a, b] = [await take(), await take(other)]
    await give(a, 'agreed')
    expect((await node.cycle()).job).toBeNull()
    expect(await results(taskId, 0)).toEqual([])
    await give(b, 'agreed', other)
    expect(await results(taskId, 0)).toMatchObject([{ result: 'agreed', verdict: 'valid' }])
    const [c, d] = [await take(), await take(other)]
    expect([c.input, d.input]).toEqual(Array(2).fill({ input: { index: 0 }, previous: 'agreed' }))
    await give(c, 1)
    await give(d, 1, other)
    expect(await view(taskId)).toMatchObject({ status: 'completed', spent: '4000', held: '0' })
  })

  test('whose stage fails ends that chunk with its reason and goes on with the others', async () => {
    const taskId = await post(2, { maxAttempts: 1 })
    const job = await take()
    await node.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'failed', error: 'x' }, false)
    expect(await view(taskId)).toMatchObject({ status: 'running', chunks: 'fp' })
    const rows = await engine.query(
      'select stage, status, error from jobs where task_id = $1 and chunk_index = 0 order by stage',
      [taskId],
    )
    const reason = 'Stage 1 of this chunk ended without a result.'
    expect(rows).toEqual([
      { stage: 0, status: 'failed', error: 'Attempt 1: x' },
      { stage: 1, status: 'cancelled', error: reason },
      { stage: 2, status: 'cancelled', error: reason },
    ])
    for (let n = 0; n < 3; n += 1) await give(await take(), n)
    expect(await view(taskId)).toMatchObject({ status: 'failed', chunks: 'fc', held: '0', spent: '3000' })
    expect(await results(taskId)).toHaveLength(1)
  })

  test('paused between two stages keeps the next one back, fed or not, and resumes only what is fed', async () => {
    const taskId = await post(2)
    const job = await take()
    await customer.rpc('pause_task', { p_task_id: taskId })
    await give(job, 'fed')
    expect((await node.cycle()).job).toBeNull()
    expect(await view(taskId)).toMatchObject({ status: 'paused', chunks: 'bb' })
    await customer.rpc('resume_task', { p_task_id: taskId })
    const rows = await engine.query(
      `select chunk_index as chunk, stage, status from jobs where task_id = $1 and status = 'pending' order by 1, 2`,
      [taskId],
    )
    expect(rows).toEqual([
      { chunk: 0, stage: 1, status: 'pending' },
      { chunk: 1, stage: 0, status: 'pending' },
    ])
  })

  test('cancelled between two stages ends with what was accepted paid and the rest free', async () => {
    const taskId = await post(2)
    await give(await take(), 'paid')
    expect(await customer.rpc('cancel_task', { p_task_id: taskId })).toEqual({ status: 'cancelled', refunded: '5000' })
    expect(await view(taskId)).toMatchObject({ status: 'cancelled', chunks: 'xx', held: '0', spent: '1000' })
    expect(await results(taskId, 0)).toMatchObject([{ result: 'paid' }])
  })

  test('whose job an operator ends by hand is ended by the next pass', async () => {
    const taskId = await post(1)
    await engine.query(`update jobs set status = 'cancelled' where task_id = $1 and stage = 0`, [taskId])
    await engine.coordinator('run_rescue')
    await engine.coordinator('advance_tasks')
    expect(await view(taskId)).toMatchObject({ status: 'failed', chunks: 'f', held: '0' })
  })

  test('a stage without its input cannot be made pending by anybody', async () => {
    const taskId = await post(1)
    await expect(
      engine.query(`update jobs set status = 'pending' where task_id = $1 and stage = 1`, [taskId]),
    ).rejects.toMatchObject({ code: '23514' })
  })

  test('of many chunks is planned by jobs, not by chunks', async () => {
    await engine.query('update oblivion.settings set chunks_per_part = 12')
    const taskId = await post(10)
    expect(await view(taskId)).toMatchObject({ plannedCount: 4, chunks: 'ppppbbbbbb' })
    while ((await engine.coordinator<number>('advance_tasks')) > 0);
    expect(await view(taskId)).toMatchObject({ plannedCount: 10, chunks: 'pppppppppp' })
    await engine.query('update oblivion.settings set chunks_per_part = default')
  })
})

describe('what is refused', () => {
  test.each([
    ['a pipeline beside a program', { type: 'raytrace' }],
    ['no list', { pipeline: {} }],
    ['no stage', { pipeline: [] }],
    ['too many stages', { pipeline: Array(21).fill({ type: 'analysis' }) }],
    ['a stage without a program', { pipeline: [{}] }],
    ['a stage with more', { pipeline: [{ type: 'analysis', price: 1 }] }],
    ['a budget for one stage', { budget: '1000' }],
  ])('%s', async (_, more) => {
    await expect(post(1, more)).rejects.toMatchObject({ code: expect.stringMatching(/^OB0(05|13)$/) })
  })
  test('a foreign URL in a stage (A1)', async () => {
    await expect(post(1, { pipeline: [{ program: { kind: 'js', url: 'https://x.example' } }] })).rejects.toMatchObject({
      code: 'OB009',
    })
  })
})
