import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/* Large tasks are counted now and then, and not for each reader. Here every task is large. */

type View = {
  asOf: string
  countedAt: string
  chunks: string
  counts: Record<string, number>
  spent: string
  status: string
}
/** More than `pnpm test` plans in its time: by `pnpm test:deep`. */
const CHUNKS = Number(process.env.TALLY_CHUNKS ?? 0)
/** What two reads of the same state do not share. */
const ofTheMoment = { asOf: null, countedAt: null, forecast: null }
let engine: Engine
let customer: Wallet
let node: Node
const view = (taskId: string) => customer.rpc<View>('get_task', { p_task_id: taskId })
const grow = (taskId: string) =>
  engine.query(
    `update oblivion.task_tallies set next_at = least(next_at, clock_timestamp()) where task_id = $1 and next_at < 'infinity'`,
    [taskId],
  )
const compute = async () => {
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
}

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 10_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  node = await engine.node(addressOf(2), 'box', 'server')
  await engine.query('update oblivion.settings set proven_after = 0')
})
beforeEach(() => engine.query('update oblivion.settings set tally_above = 0'))
afterAll(() => engine.drop())

test('what is read is a row until it is old, and then what a count says; the end is counted once', async () => {
  const taskId = await engine.task(customer, 3)
  const first = await view(taskId)
  expect(first).toMatchObject({ chunks: 'ppp', spent: '0', counts: { pending: 3 } })
  await engine.query(`update oblivion.task_tallies set next_at = now() + interval '1 hour'`)
  await compute()
  const later = await view(taskId)
  expect(later).toEqual({ ...first, asOf: later.asOf, held: expect.anything() })
  // How old the figures are is told by the server's clock alone.
  expect([first.asOf === first.countedAt, Date.parse(later.asOf) > Date.parse(later.countedAt)]).toEqual([true, true])
  expect(await customer.rpc('list_tasks')).toMatchObject([{ countedAt: first.countedAt, counts: { pending: 3 } }])
  await grow(taskId)
  expect(await view(taskId)).toMatchObject({ chunks: 'cpp', spent: '1000', counts: { pending: 2, completed: 1 } })
  await engine.query(`update oblivion.task_tallies set next_at = now() + interval '1 hour'`)
  await compute()
  await compute()
  // Its end is told at once.
  expect(await view(taskId)).toMatchObject({ status: 'completed', chunks: 'ccc', spent: '3000' })
  expect(
    await engine.query('select next_at::text as at from oblivion.task_tallies where task_id = $1', [taskId]),
  ).toEqual([{ at: 'infinity' }])
})

test.each([
  ['replicas', { trust: { replicas: 2, quorum: 2 } }],
  [
    'stages',
    { type: undefined, pipeline: ['raytrace', 'raytrace'].map((name) => ({ program: { kind: 'builtin', name } })) },
  ],
])('a task with %s is told as a small one is', async (_, more) => {
  const other = await engine.node(addressOf(3), 'box', 'server')
  const taskId = await engine.task(customer, 2, more)
  for (let turn = 0; turn < 3; turn += 1)
    for (const who of [node, other]) {
      const { job } = await who.cycle()
      if (job !== null) await who.cycle(done(job), false)
      await grow(taskId)
      const large = await view(taskId)
      await engine.query('update oblivion.settings set tally_above = 10000')
      expect({ ...(await view(taskId)), ...ofTheMoment }).toEqual({ ...large, ...ofTheMoment })
      await engine.query('update oblivion.settings set tally_above = 0')
    }
  await customer.rpc('cancel_task', { p_task_id: taskId })
})

test('nobody waits for whoever counts', async () => {
  const taskId = await engine.task(customer, 2)
  const before = await view(taskId)
  await compute()
  await grow(taskId)
  const counting = new pg.Client({ connectionString: engine.database.superuserUrl })
  await counting.connect()
  try {
    await counting.query(`begin; select pg_advisory_xact_lock(oblivion.lock_key('tally', '${taskId}'))`)
    expect(await view(taskId)).toMatchObject({ countedAt: before.countedAt, chunks: 'pp' })
  } finally {
    await counting.end()
  }
  expect(await view(taskId)).toMatchObject({ chunks: 'cp' })
  await customer.rpc('cancel_task', { p_task_id: taskId })
})

test.runIf(CHUNKS > 0)('a million chunks cost a reader as much as ten', { timeout: 900_000 }, async () => {
  await engine.query('update oblivion.settings set tally_above = default')
  const taskId = await engine.task(customer, 0, { inputs: undefined, range: { end: CHUNKS } })
  while ((await engine.coordinator<number>('advance_tasks')) > 0);
  const time = async (act: () => Promise<unknown>) => {
    const began = performance.now()
    await act()
    return performance.now() - began
  }
  const counting = await time(() => view(taskId))
  const reading: number[] = []
  for (let n = 0; n < 9; n += 1)
    reading.push(
      await time(() => engine.query('select oblivion.tally(t) from oblivion.tasks t where id = $1', [taskId])),
    )
  const listing = await time(() => customer.rpc('list_tasks'))
  const median = reading.sort((a, b) => a - b)[4] ?? Number.NaN
  console.log({ chunks: CHUNKS, countingMs: counting, readingMs: median, listingMs: listing })
  expect(median).toBeLessThan(counting / 5)
})
