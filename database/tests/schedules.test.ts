import { Cron } from 'croner'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, type Engine, type Wallet } from './engine/engine.ts'

/*
 * Schedules: batches by interval or cron, each posted once however many coordinators there are.
 */

let engine: Engine
let customer: Wallet

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
afterAll(() => engine.drop())
beforeEach(() => engine.query('delete from oblivion.schedules'))

type Schedule = {
  scheduleId: string
  enabled: boolean
  nextRunAt: string | null
  lastTaskId: string | null
  lastError: { code: string } | null
  runs: number
  failures: number
}
const task = {
  title: 'A batch',
  type: 'raytrace',
  inputs: [1, 2, 3, 4, 5],
  pricePerChunk: '1000',
  acknowledgeVisible: true,
}
const create = (more: Record<string, unknown> = {}, owner = customer) =>
  owner.rpc<Schedule>('create_schedule', { p_schedule: JSON.stringify({ name: 'A schedule', task, ...more }) })
const list = () => customer.rpc<Schedule[]>('list_schedules')
const enable = (scheduleId: string, enabled = true) =>
  customer.rpc<Schedule>('set_schedule_enabled', { p_schedule_id: scheduleId, p_enabled: enabled })
const due = (scheduleId: string, ago = '1 second') =>
  engine.query(`update oblivion.schedules set next_run_at = now() - $2::interval where id = $1`, [scheduleId, ago])
const run = () => engine.coordinator<number>('run_schedules')
const tasks = async () =>
  (await engine.query<{ count: number }>('select count(*)::int as count from oblivion.tasks'))[0]?.count ?? 0

describe('a schedule', () => {
  test('DJ-1, SW-2: is off until it is turned on, and then posts a batch of 5 jobs every 10 minutes', async () => {
    const made = await create()
    expect(made).toMatchObject({ enabled: false, everySeconds: 600, cron: null, nextRunAt: null, runs: 0 })
    const before = await tasks()
    expect(await run()).toBe(0)
    const { nextRunAt } = await enable(made.scheduleId)
    expect(Date.parse(nextRunAt ?? '') - Date.now()).toBeGreaterThan(590_000)
    // Turned on again, it keeps its time.
    expect((await enable(made.scheduleId)).nextRunAt).toBe(nextRunAt)
    expect(await run()).toBe(0)
    await due(made.scheduleId)
    expect(await run()).toBe(1)
    expect(await run()).toBe(0)
    const [after] = await list()
    expect(after).toMatchObject({ enabled: true, runs: 1, lastError: null })
    expect(await customer.rpc('get_task', { p_task_id: after?.lastTaskId })).toMatchObject({
      chunks: 'ppppp',
      held: '5000',
    })
    expect(await tasks()).toBe(before + 1)
    expect(await enable(made.scheduleId, false)).toMatchObject({ enabled: false, nextRunAt: null })
    expect(await customer.rpc('delete_schedule', { p_schedule_id: made.scheduleId })).toBe(true)
    expect(await list()).toEqual([])
    expect(await tasks()).toBe(before + 1)
  })

  test('after nobody ran it for a while runs once, and goes on in its old step', async () => {
    const { scheduleId } = await create({ everySeconds: 600 })
    await enable(scheduleId)
    await due(scheduleId, '25 minutes')
    expect(await run()).toBe(1)
    const [row] = await list()
    // Due 25 minutes ago, so the steps are at 15, 5 minutes ago and in 5.
    expect((Date.parse(row?.nextRunAt ?? '') - Date.now()) / 60_000).toBeCloseTo(5, 0)
  })

  test('DJ-13: posts a batch now, on or off', async () => {
    const { scheduleId } = await create()
    const { taskId } = await customer.rpc<{ taskId: string }>('run_schedule', { p_schedule_id: scheduleId })
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ chunkCount: 5 })
    expect(await list()).toMatchObject([{ runs: 1, enabled: false }])
  })

  test('DJ-35: eight coordinators at once post each batch once', async () => {
    const before = await tasks()
    const made = await Promise.all(Array.from({ length: 5 }, () => create()))
    for (let round = 1; round <= 4; round += 1) {
      for (const { scheduleId } of made) {
        await enable(scheduleId)
        await due(scheduleId)
      }
      const posted = await Promise.all(Array.from({ length: 8 }, () => run()))
      expect(posted.reduce((sum, count) => sum + count, 0)).toBe(5)
      expect(await tasks()).toBe(before + 5 * round)
    }
    expect((await list()).map(({ runs }) => runs)).toEqual([4, 4, 4, 4, 4])
  })

  test('leaves a run out while its last task runs, where it was told so', async () => {
    const { scheduleId } = await create({ skipWhileRunning: true })
    await enable(scheduleId)
    await due(scheduleId)
    expect(await run()).toBe(1)
    await due(scheduleId)
    expect(await run()).toBe(0)
    const [row] = await list()
    expect(row).toMatchObject({ runs: 1, failures: 0 })
    expect(Date.parse(row?.nextRunAt ?? '')).toBeGreaterThan(Date.now())
    await customer.rpc('cancel_task', { p_task_id: row?.lastTaskId })
    await due(scheduleId)
    expect(await run()).toBe(1)
  })

  test('without money says so, keeps no other from running, and is turned off after ten failures in a row', async () => {
    const poor = await engine.wallet(addressOf(9))
    const { scheduleId } = await create({}, poor)
    await poor.rpc('set_schedule_enabled', { p_schedule_id: scheduleId, p_enabled: true })
    const rich = await create()
    await enable(rich.scheduleId)
    await due(scheduleId, '2 seconds')
    await due(rich.scheduleId)
    expect(await run()).toBe(1)
    expect(await poor.rpc('list_schedules')).toMatchObject([
      { runs: 0, failures: 1, enabled: true, lastError: { code: 'OB007' }, lastTaskId: null },
    ])
    for (let n = 0; n < 9; n += 1) {
      await due(scheduleId)
      await run()
    }
    expect(await poor.rpc('list_schedules')).toMatchObject([{ failures: 10, enabled: false }])
    await poor.rpc('set_schedule_enabled', { p_schedule_id: scheduleId, p_enabled: true })
    expect(await poor.rpc('list_schedules')).toMatchObject([{ failures: 0, enabled: true }])
  })

  test('keeps no program before a task pays for it: a wallet costs nothing, and a place on our disk does', async () => {
    const stored = async () => (await engine.query('select owner_id from oblivion.programs')).length
    const before = await stored()
    const poor = await engine.wallet(addressOf(0x77))
    const programs = ['poor', 'rich'].map((word) => ({ kind: 'js', source: `export default () => '${word}'` }))
    const made = (program: unknown, owner: Wallet) => create({ task: { ...task, type: undefined, program } }, owner)
    const { scheduleId } = await made(programs[0], poor)
    const rich = await made(programs[1], customer)
    expect(await stored()).toBe(before)
    await expect(made({ kind: 'js', source: '' }, poor)).rejects.toMatchObject({ code: 'OB005' })

    const run = (owner: Wallet, p_schedule_id: string) => owner.rpc('run_schedule', { p_schedule_id })
    expect(await run(poor, scheduleId)).toMatchObject({ taskId: null, error: { code: 'OB007' } })
    expect(await stored()).toBe(before)
    await due(rich.scheduleId)
    expect(await engine.coordinator('run_schedules')).toBe(1)
    expect(await run(customer, rich.scheduleId)).toMatchObject({ taskId: expect.any(String), error: null })
    expect(await stored()).toBe(before + 1)
  })

  test('is its wallet’s own', async () => {
    const { scheduleId } = await create()
    const other = await engine.wallet(addressOf(8))
    expect(await other.rpc('list_schedules')).toEqual([])
    for (const [name, more] of [
      ['run_schedule', {}],
      ['delete_schedule', {}],
      ['set_schedule_enabled', { p_enabled: true }],
    ] as const)
      await expect(other.rpc(name, { p_schedule_id: scheduleId, ...more })).rejects.toMatchObject({ code: 'OB040' })
  })
})

describe('what is refused when it is made', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: '' }, 'OB005'],
    ['no task', { task: undefined }, 'OB005'],
    ['a task that create_task refuses', { task: { ...task, pricePerChunk: '1' } }, 'OB005'],
    ['a task with a field that nobody knows', { task: { ...task, colour: 'red' } }, 'OB006'],
    ['a foreign URL in it (A1)', { task: { ...task, inputUrl: 'https://x.example' } }, 'OB009'],
    ['a budget below its chunks', { task: { ...task, budget: '1' } }, 'OB013'],
    ['two rules', { everySeconds: 60, cron: '* * * * *' }, 'OB005'],
    ['an interval below a minute', { everySeconds: 59 }, 'OB005'],
    ['a word of no meaning', { timeZone: 'Europe/Berlin' }, 'OB006'],
    ...[
      '',
      '* * * *',
      '60 * * * *',
      '* 24 * * *',
      '* * 0 * *',
      '* * * 13 *',
      '* * * * 8',
      '5-1 * * * *',
      '*/0 * * * *',
      '1/2 * * * *',
      'a * * * *',
      '0 0 30 2 *',
      '@daily',
    ].map((cron): [string, Record<string, unknown>, string] => [`the cron expression "${cron}"`, { cron }, 'OB005']),
  ])('%s', async (_, more, code) => {
    const before = await tasks()
    await expect(create(more)).rejects.toMatchObject({ code })
    expect(await tasks()).toBe(before)
    expect(await list()).toEqual([])
  })
  test('a hundred and first', async () => {
    await engine.query(
      `insert into oblivion.schedules (owner_id, name, task, every_seconds, skip_while_running)
       select o.id, 'x', '{}', 60, false from oblivion.owners o, generate_series(1, 100) where o.address = $1`,
      [customer.address],
    )
    await expect(create()).rejects.toMatchObject({ code: 'OB014' })
  })
})

describe('cron', () => {
  const field = (min: number, max: number) => {
    const number = fc.integer({ min, max })
    const step = fc.integer({ min: 1, max: 6 })
    const range = fc.tuple(number, number).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    const part = fc.oneof(
      number.map(String),
      range.map(([a, b]) => `${a}-${b}`),
      fc.tuple(range, step).map(([[a, b], n]) => `${a}-${b}/${n}`),
    )
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant('*') },
      { weight: 1, arbitrary: step.map((n) => `*/${n}`) },
      { weight: 3, arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')) },
    )
  }
  test('names the same minutes as croner, for random expressions and times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)),
        fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true }),
        async (fields, after) => {
          const cron = fields.join(' ')
          const [row] = await engine.query<{ next: Date | null }>('select oblivion.cron_next($1, $2) as next', [
            cron,
            after,
          ])
          const expected = new Cron(cron, { timezone: 'UTC' }).nextRun(after)
          // croner looks further than eight years; no expression of these needs that.
          expect(row?.next?.toISOString() ?? null).toBe(expected?.toISOString() ?? null)
        },
      ),
      { numRuns: 300 },
    )
  })
  test.each([
    ['0 6 * * 1-5', '2026-11-27T06:00:00Z', '2026-11-30T06:00:00.000Z'],
    ['0 0 29 2 *', '2096-03-01T00:00:00Z', '2104-02-29T00:00:00.000Z'],
    ['30 12 * * 7', '2026-11-24T00:00:00Z', '2026-11-29T12:30:00.000Z'],
    ['0 0 13 * 5', '2026-11-24T00:00:00Z', '2026-11-27T00:00:00.000Z'],
  ])('%s after %s is %s', async (cron, after, next) => {
    const [row] = await engine.query<{ next: Date }>('select oblivion.cron_next($1, $2) as next', [cron, after])
    expect(row?.next.toISOString()).toBe(next)
  })
})
