import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * Cost and end of a task, told from its own results. The runs' times are set by hand, so that the figures are known.
 */

let engine: Engine
let customer: Wallet
let node: Node
type Forecast = {
  pilots: number
  secondsPerChunk: number
  finish: { earliest: string; likely: string; latest: string } | null
  cost: { low: string; likely: string; high: string }
}
const forecast = async (taskId: string) =>
  (await customer.rpc<{ forecast: Forecast | null }>('get_task', { p_task_id: taskId })).forecast
const secondsUntil = (time: string | undefined) => (Date.parse(time ?? '') - Date.now()) / 1000

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  node = await engine.node(addressOf(2))
  await engine.query('update oblivion.settings set proven_after = 0')
})
afterAll(() => engine.drop())

/** Computes chunks one after another, each told to have taken so many seconds, the last of them ended just now. */
const work = async (taskId: string, seconds: number[]) => {
  for (const _ of seconds) {
    const { job } = await node.cycle()
    if (job?.taskId !== taskId) throw new Error('The node got nothing.')
    await node.cycle(done(job), false)
  }
  const jobs = await engine.query<{ id: string }>(
    `select job_id as id from oblivion.results where task_id = $1 order by accepted_at desc limit $2`,
    [taskId, seconds.length],
  )
  let end = 0
  for (const [n, { id }] of jobs.entries()) {
    const took = seconds[n] ?? 0
    await engine.query(
      `update jobs set finished_at = now() - make_interval(secs => $2), started_at = now() - make_interval(secs => $3) where id = $1`,
      [id, end, end + took],
    )
    end += took
  }
}

test('there is none before three results, and then one with a band that narrows', async () => {
  const taskId = await engine.task(customer, 1000)
  await work(taskId, [10, 10])
  expect(await forecast(taskId)).toBeNull()
  await work(taskId, [10, 10, 10, 10])
  await work(taskId, [8, 10, 12])
  const few = await forecast(taskId)
  // 991 chunks at 10 s each by one node, which has nothing in work at this moment.
  expect(few).toMatchObject({ pilots: 9, cost: { low: '1000000', likely: '1000000', high: '1000000' } })
  expect(few?.secondsPerChunk).toBeCloseTo(10, 0)
  const [earliest, likely, latest] = [few?.finish?.earliest, few?.finish?.likely, few?.finish?.latest].map(secondsUntil)
  expect(earliest).toBeLessThan(Number(likely))
  expect(latest).toBeGreaterThan(Number(likely))
  await work(
    taskId,
    Array.from({ length: 60 }, (_, n) => 9 + (n % 3)),
  )
  const many = await forecast(taskId)
  const width = (f: typeof few) => {
    const [from, at, to] = [f?.finish?.earliest, f?.finish?.likely, f?.finish?.latest].map(secondsUntil)
    return (Number(to) - Number(from)) / Number(at)
  }
  expect(width(many)).toBeLessThan(width(few))
  await customer.rpc('pause_task', { p_task_id: taskId })
  expect(await forecast(taskId)).toMatchObject({ finish: null, cost: { high: '1000000' } })
  await customer.rpc('cancel_task', { p_task_id: taskId })
  expect(await forecast(taskId)).toBeNull()
})

test('the real end lies in the band, and the real cost, for a task whose chunks take what the pilots took', async () => {
  const taskId = await engine.task(customer, 40)
  await work(
    taskId,
    Array.from({ length: 20 }, (_, n) => 8 + (n % 5)),
  )
  const told = await forecast(taskId)
  // The other 20 take 10 s on the average as well.
  const rest = 200
  expect(secondsUntil(told?.finish?.earliest)).toBeLessThan(rest)
  expect(secondsUntil(told?.finish?.latest)).toBeGreaterThan(rest)
  expect(secondsUntil(told?.finish?.likely)).toBeCloseTo(rest, -1)
  await customer.rpc('cancel_task', { p_task_id: taskId })
})

test('replicas that may not be needed make the cost a band', async () => {
  const other = await engine.node(addressOf(3))
  const taskId = await engine.task(customer, 10, { trust: { replicas: 3 } })
  // Replicas lie in no order (T2); here chunk by chunk, so that both nodes compute the same two.
  await engine.query(
    `update jobs set created_at = created_at - (10 - chunk_index) * interval '1 ms' where task_id = $1`,
    [taskId],
  )
  for (let n = 0; n < 2; n += 1)
    for (const each of [node, other]) {
      const { job } = await each.cycle()
      if (job === null) throw new Error('No job.')
      await each.cycle(done(job), false)
    }
  // Two replicas sufficed for each of two chunks: 4 of 30 are paid, 16 will be as likely, 24 at the most.
  expect((await forecast(taskId))?.cost).toEqual({ low: '20000', likely: '20000', high: '28000' })
})

test('a task without results for five minutes and nobody at work has no end to tell', async () => {
  await customer.rpc('list_tasks')
  const taskId = await engine.task(customer, 10, { priority: 9 })
  await work(taskId, [1, 1, 1, 1])
  await engine.query(
    `update jobs set finished_at = finished_at - interval '6 minutes', started_at = started_at - interval '6 minutes' where task_id = $1 and status = 'completed'`,
    [taskId],
  )
  expect(await forecast(taskId)).toMatchObject({ pilots: 4, finish: null })
})
