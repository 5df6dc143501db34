import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * Tasks of more chunks than one call makes rows for: the first part at once, the rest in ticks, whoever makes them.
 */

let engine: Engine
let customer: Wallet
let node: Node

type View = {
  status: string
  chunkCount: number
  plannedCount: number
  chunks: string
  held: string
  counts: Record<string, number>
}
const view = (taskId: string) => customer.rpc<View>('get_task', { p_task_id: taskId })
const range = { inputs: undefined, range: { end: 25 } }
/** Keeps polls from doing what a tick of this test is to do, also where the machine is slow. */
const noHelp = () =>
  engine.query(
    `with a as (update oblivion.plan_pass set last_at = 'infinity') update oblivion.rescue_pass set last_at = 'infinity'`,
  )
const tick = () => engine.coordinator<number>('advance_tasks')

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 10_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  node = await engine.node(addressOf(2))
  await engine.query('update oblivion.settings set chunks_per_part = 10, proven_after = 0')
})
afterEach(async () => {
  await engine.query(`update oblivion.plan_pass set last_at = '-infinity'`)
  for (const { id } of await engine.query<{ id: string }>(
    `select id from oblivion.tasks where status in ('running', 'paused')`,
  ))
    await customer.rpc('cancel_task', { p_task_id: id })
  while ((await tick()) > 0);
  const { held, free, spent, deposited } = await customer.rpc<Record<string, string>>('my_balance')
  expect(held).toBe('0')
  expect(BigInt(free ?? 0) + BigInt(spent ?? 0)).toBe(BigInt(deposited ?? 0))
  expect(await engine.query('select from oblivion.plan_parts')).toHaveLength(0)
  expect(await engine.query('select from oblivion.moving_tasks')).toHaveLength(0)
})
afterAll(() => engine.drop())

describe('a task in three parts', () => {
  test('RN-1: holds its whole budget at once, says how far its planning is, and is the same as if planned in one', async () => {
    const answer = await customer.rpc<Record<string, unknown>>('create_task', {
      p_task: JSON.stringify({
        ...{ title: 'A range', type: 'raytrace', pricePerChunk: '1000', acknowledgeVisible: true },
        range: { start: -3, end: 70, step: 3 },
      }),
    })
    expect(answer).toMatchObject({ chunkCount: 25, plannedCount: 10, estimate: { cost: '25000' } })
    const taskId = String(answer.taskId)
    expect(await view(taskId)).toMatchObject({
      ...{ plannedCount: 10, chunkCount: 25, held: '25000', chunks: 'p'.repeat(10) + 'b'.repeat(15) },
      counts: { pending: 10, blocked: 15 },
    })
    expect([await tick(), await tick(), await tick()]).toEqual([10, 5, 0])
    expect(await view(taskId)).toMatchObject({ plannedCount: 25, chunks: 'p'.repeat(25), counts: { blocked: 0 } })
    const rows = await engine.query<{ input: unknown }>(
      'select input from oblivion.chunks where task_id = $1 order by chunk_index',
      [taskId],
    )
    expect(rows.map(({ input }) => input)).toEqual(
      Array.from({ length: 25 }, (_, n) => ({ start: 3 * n - 3, end: Math.min(3 * n, 70) })),
    )
  })

  test('RN-18: is read back by its customer, planned or not, and as far as it was planned once it is cancelled', async () => {
    const taskId = await engine.task(customer, 0, range)
    const page = (after: number, limit: number) =>
      customer.rpc<{ inputs: { chunkIndex: number }[]; next: number | null }>('task_inputs', {
        ...{ p_task_id: taskId, p_after: after, p_limit: limit },
      })
    const whole = Array.from({ length: 25 }, (_, n) => ({ chunkIndex: n, input: { start: n, end: n + 1 } }))
    const all = async () => {
      const pages = [await page(-1, 7)]
      for (let next = pages[0]?.next; next != null; next = pages.at(-1)?.next) pages.push(await page(next, 7))
      return pages.flatMap(({ inputs }) => inputs)
    }
    expect((await view(taskId)).plannedCount).toBe(10)
    expect(await all()).toEqual(whole)
    expect(await page(8, 3)).toEqual({ inputs: whole.slice(9, 12), next: 11 })
    expect(await page(24, 100)).toEqual({ inputs: [], next: null })
    for (const limit of [0, 101]) await expect(page(-1, limit)).rejects.toMatchObject({ code: 'OB005' })
    expect(await tick()).toBe(10)
    await customer.rpc('cancel_task', { p_task_id: taskId })
    expect(await all()).toEqual(whole.slice(0, 20))
    const stranger = await engine.wallet(addressOf(3))
    await expect(stranger.rpc('task_inputs', { p_task_id: taskId })).rejects.toMatchObject({ code: 'OB008' })
  })

  test.each([
    ['a list', Array.from({ length: 23 }, (_, n) => ({ n: `${n}` }))],
    ['NDJSON', { format: 'ndjson', text: Array.from({ length: 23 }, (_, n) => `{"n":"${n}"}`).join('\n') }],
    ['CSV', { format: 'csv', text: `n\n${Array.from({ length: 23 }, (_, n) => n).join('\n')}` }],
    ['CSV with quotes', { format: 'csv', text: `n\n${Array.from({ length: 23 }, (_, n) => `"${n}"`).join('\n')}` }],
  ])('keeps the order of %s', async (_, inputs) => {
    const taskId = await engine.task(customer, 0, { inputs })
    while ((await tick()) > 0);
    const rows = await engine.query<{ input: { n: string }; index: number }>(
      'select chunk_index as index, input from oblivion.chunks where task_id = $1 order by chunk_index',
      [taskId],
    )
    expect(rows).toEqual(Array.from({ length: 23 }, (_, n) => ({ index: n, input: { n: `${n}` } })))
  })

  test('a wrong line of its last part refuses it whole', async () => {
    const text = [...Array.from({ length: 24 }, () => '1'), '{'].join('\n')
    await expect(engine.task(customer, 0, { inputs: { format: 'ndjson', text } })).rejects.toMatchObject({
      code: 'OB005',
      message: 'Line 25 of inputs.text is not a JSON value.',
    })
    const large = [...Array.from({ length: 24 }, () => '1'), 'x'.repeat(70_000)]
    await expect(engine.task(customer, 0, { inputs: large })).rejects.toMatchObject({
      code: 'OB005',
      message: expect.stringContaining('Input 24 is larger'),
    })
    expect(await engine.query('select from oblivion.tasks t join oblivion.plan_parts p on p.task_id = t.id')).toEqual(
      [],
    )
  })

  test('does not end before it is planned, and is done to its last chunk by empty polls alone', async () => {
    const taskId = await engine.task(customer, 0, range)
    let { job } = await node.cycle()
    const seen: number[] = []
    for (let turn = 0; turn < 60 && job !== null; turn += 1) {
      seen.push(job.chunkIndex)
      await engine.query(`update oblivion.plan_pass set last_at = '-infinity'`)
      ;({ job } = await node.cycle(done(job)))
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => n))
    expect(await view(taskId)).toMatchObject({ status: 'completed', held: '0', chunks: 'c'.repeat(25) })
  })

  test('is planned by passes of rescue alone', async () => {
    const taskId = await engine.task(customer, 0, range)
    for (let pass = 0; pass < 2; pass += 1) {
      await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
      await engine.query(`update oblivion.plan_pass set last_at = '-infinity'`)
      await engine.database.as({ role: 'anon' }, ({ rpc }) => rpc('cleanup_stale_jobs'))
    }
    expect(await view(taskId)).toMatchObject({ plannedCount: 25 })
  })

  test('is planned at most four times a second by polls, however many come (A16)', async () => {
    const taskId = await engine.task(customer, 0, { inputs: undefined, range: { end: 500 }, workerTypes: ['server'] })
    await engine.query(`update oblivion.plan_pass set last_at = '-infinity'`)
    // A browser finds nothing here, so each of its polls could plan.
    await engine.query(`select pg_sleep(0), set_config('x.x', '', false)`)
    const before = (await view(taskId)).plannedCount
    const began = performance.now()
    for (let poll = 0; poll < 20; poll += 1) await node.cycle()
    const most = 1 + Math.ceil((performance.now() - began) / 250)
    const parts = ((await view(taskId)).plannedCount - before) / 10
    expect(parts).toBeGreaterThan(0)
    expect(parts).toBeLessThanOrEqual(most)
  })
})

describe('while it is planned', () => {
  test('a cancel frees what has no rows yet and leaves nothing to plan', async () => {
    const taskId = await engine.task(customer, 0, range)
    const { job } = await node.cycle()
    expect(await customer.rpc('cancel_task', { p_task_id: taskId })).toEqual({ status: 'cancelled', refunded: '24000' })
    expect(await tick()).toBe(0)
    expect(await view(taskId)).toMatchObject({ held: '1000', chunks: `r${'x'.repeat(24)}`, counts: { cancelled: 24 } })
    if (job === null) throw new Error('No job.')
    expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
    expect(await view(taskId)).toMatchObject({ status: 'cancelled', held: '0', chunks: `c${'x'.repeat(24)}` })
  })

  test('a pause keeps new rows from nodes, and a resume gives them out', async () => {
    const taskId = await engine.task(customer, 0, range)
    await customer.rpc('pause_task', { p_task_id: taskId })
    expect([await tick(), await tick()]).toEqual([10, 5])
    expect(await view(taskId)).toMatchObject({ status: 'paused', plannedCount: 25, chunks: 'b'.repeat(25) })
    expect((await node.cycle()).job).toBeNull()
    await customer.rpc('resume_task', { p_task_id: taskId })
    while ((await tick()) > 0);
    expect(await view(taskId)).toMatchObject({ status: 'running', chunks: 'p'.repeat(25) })
  })

  test('what was cancelled and paid back costs later passes nothing, however much of it there is', async () => {
    const cost = async () => {
      await engine.coordinator('run_rescue')
      const [plan] = await engine.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }] }>(
        'explain (analyze, buffers, format json) select oblivion.close_finished_tasks()',
      )
      return plan?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? Number.NaN
    }
    await cost()
    const before = await cost()
    for (let n = 0; n < 40; n += 1) await customer.rpc('cancel_task', { p_task_id: await engine.task(customer, 1) })
    // It reads the table of tasks, which has grown by a few pages, and no hold and no job of these.
    expect(await cost()).toBeLessThan(before + 100)
  })

  test('cancels, pauses and ticks at once leave no row behind', async () => {
    for (let round = 0; round < 8; round += 1) {
      const tasks = await Promise.all(
        Array.from({ length: 3 }, () => engine.task(customer, 0, { inputs: undefined, range: { end: 95 } })),
      )
      await Promise.all([
        ...Array.from({ length: 6 }, () => tick()),
        customer.rpc('cancel_task', { p_task_id: tasks[0] }),
        customer.rpc('pause_task', { p_task_id: tasks[1] }),
        ...Array.from({ length: 4 }, () => tick()),
      ])
      while ((await tick()) > 0);
      const [cancelled, paused, running] = await Promise.all(tasks.map(view))
      expect(cancelled).toMatchObject({ status: 'cancelled', held: '0', chunks: 'x'.repeat(95) })
      expect(paused).toMatchObject({ status: 'paused', chunks: 'b'.repeat(95), plannedCount: 95 })
      expect(running).toMatchObject({ status: 'running', chunks: 'p'.repeat(95), plannedCount: 95 })
      for (const taskId of tasks) await customer.rpc('cancel_task', { p_task_id: taskId })
    }
  })
})

describe('a task of more jobs than one call moves', () => {
  const planned = async () => {
    const taskId = await engine.task(customer, 0, range)
    while ((await tick()) > 0);
    return taskId
  }
  test('is cancelled for every door at once, and its money comes back as its jobs are dropped', async () => {
    const taskId = await planned()
    const [offer] = await node.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: node.address })
    await noHelp()
    // The call drops twice as many as a tick: it looks twice.
    expect(await customer.rpc('cancel_task', { p_task_id: taskId })).toEqual({ status: 'cancelled', refunded: '20000' })
    expect(await view(taskId)).toMatchObject({ held: '5000', counts: { pending: 5, cancelled: 20 } })
    expect((await node.cycle()).job).toBeNull()
    expect(await node.rpc('claim_job_fair', { p_job_id: offer?.jobId, p_provider_address: node.address })).toBe(false)
    expect(await tick()).toBe(5)
    expect(await view(taskId)).toMatchObject({ held: '0', chunks: 'x'.repeat(25) })
  })
  test('is paused and resumed in ticks, the last word counts', async () => {
    const taskId = await planned()
    await customer.rpc('pause_task', { p_task_id: taskId })
    expect(await view(taskId)).toMatchObject({ counts: { blocked: 10, pending: 15 } })
    await noHelp()
    expect((await node.cycle()).job).toBeNull()
    expect(await tick()).toBe(10)
    await customer.rpc('resume_task', { p_task_id: taskId })
    while ((await tick()) > 0);
    expect(await view(taskId)).toMatchObject({ status: 'running', chunks: 'p'.repeat(25) })
    await customer.rpc('pause_task', { p_task_id: taskId })
    await customer.rpc('cancel_task', { p_task_id: taskId })
    expect(await tick()).toBe(5)
    expect(await view(taskId)).toMatchObject({ status: 'cancelled', held: '0', chunks: 'x'.repeat(25) })
  })
})

describe('settings as they hold (RN-14)', () => {
  const terms = async (more: Record<string, unknown>) => {
    const taskId = await engine.task(customer, 4, more)
    const { terms: kept } = await customer.rpc<{ terms: Record<string, unknown> }>('get_task', { p_task_id: taskId })
    return kept
  }
  test('RN-14, SW-34: a bucket above all chunks is none, and so are 0 and no word; attempts are 3 where no other number is asked for', async () => {
    for (const maxConcurrentChunks of [0, 4, 9_999, null, '5'])
      expect(await terms({ maxConcurrentChunks })).toMatchObject({ maxConcurrentChunks: null })
    expect(await terms({ maxConcurrentChunks: '3' })).toMatchObject({ maxConcurrentChunks: 3 })
    expect(await terms({})).toEqual({
      ...{ maxConcurrentChunks: null, maxAttempts: 3, timeoutSeconds: 300, priority: 0 },
      ...{ replicas: 1, quorum: 1, metered: false },
    })
    await expect(terms({ maxConcurrentChunks: -1 })).rejects.toMatchObject({ code: 'OB005' })
  })
  test('SW-42: the longest run time is the task’s own, else its type’s, else the operator’s', async () => {
    expect(await terms({ timeoutSeconds: 77 })).toMatchObject({ timeoutSeconds: 77 })
    await engine.coordinator('set_type_timeout', ['raytrace', 44])
    expect(await terms({})).toMatchObject({ timeoutSeconds: 44 })
    expect(await terms({ timeoutSeconds: 77 })).toMatchObject({ timeoutSeconds: 77 })
    await engine.coordinator('set_type_timeout', ['raytrace', null])
    expect(await terms({})).toMatchObject({ timeoutSeconds: 300 })
    await expect(engine.coordinator('set_type_timeout', ['raytrace', 4])).rejects.toMatchObject({ code: 'OB005' })
    await expect(engine.coordinator('set_type_timeout', ['', 40])).rejects.toMatchObject({ code: 'OB005' })
  })
})

test('thirty thousand chunks in the parts that operators have: one part a call, in order, within the time of a call', async () => {
  await engine.query('update oblivion.settings set chunks_per_part = default')
  try {
    const text = Array.from({ length: 30_000 }, (_, n) => `{"line":${n}}`).join('\n')
    const taskId = await engine.task(customer, 0, { inputs: { format: 'ndjson', text } })
    expect(await view(taskId)).toMatchObject({ chunkCount: 30_000, plannedCount: 10_000, held: '30000000' })
    expect([await tick(), await tick(), await tick()]).toEqual([10_000, 10_000, 0])
    // Else Postgres may still think that each side has one row, and compare each chunk with each job: minutes.
    await engine.query('analyze jobs, oblivion.chunks')
    const [row] = await engine.query(
      `select count(*)::int as chunks, bool_and(c.input = jsonb_build_object('line', c.chunk_index)) as right
         from oblivion.chunks c join jobs j using (task_id, chunk_index) where c.task_id = $1`,
      [taskId],
    )
    expect(row).toEqual({ chunks: 30_000, right: true })
    await customer.rpc('cancel_task', { p_task_id: taskId })
    while ((await tick()) > 0);
  } finally {
    await engine.query('update oblivion.settings set chunks_per_part = 10')
  }
})
