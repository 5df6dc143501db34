import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { readVariable } from '@oblivion/core'
import { createDatabase } from '@oblivion/stack/testing'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { addressOf, type Engine as Database, done, engineOn, type Node } from '../../../database/tests/engine/engine.ts'
import { createEngine, type Engine } from '../src/database/createEngine.ts'
import { exportHistory } from '../src/export/exportHistory.ts'
import { watchPart } from '../src/health/watchPart.ts'
import { createApp } from '../src/http/createApp.ts'

/* The history by day: written once, whole, never changed, and only then let go of. */

let database: Database
let engine: Engine
let node: Node
let folder: string
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
const run = () => exportHistory({ engine, folder })
const read = (ago: number) => readFileSync(join(folder, `results-${day(ago)}.ndjson`), 'utf8')
const linesOf = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

beforeAll(async () => {
  // Files are named by the day, and rows are moved back by a minute: not across midnight.
  const left = 86_400_000 - (Date.now() % 86_400_000)
  if (left < 60_000 || left > 86_300_000) await setTimeout(left < 60_000 ? left + 100_000 : left - 86_300_000)
  folder = mkdtempSync(join(tmpdir(), 'oblivion-datalake-'))
  database = await engineOn(await createDatabase(inject('cluster')))
  engine = createEngine({
    databaseUrl: database.database.coordinatorUrl,
    watch: watchPart({ part: 'database', now: Date.now, onChange: () => undefined }),
  })
  await database.query(`select oblivion.ensure_history_days((now() at time zone 'UTC')::date - 40, 40)`)
  await database.deposit(addressOf(1), 10_000_000n)
  node = await database.node(addressOf(2))
})
afterAll(async () => {
  await engine.close()
  await database.drop()
  rmSync(folder, { recursive: true })
})

/** As many accepted results of one task as asked for, `ago` days ago at noon. */
const work = async (chunks: number, ago: number, more: object = {}): Promise<string> => {
  const taskId = await database.task(await database.wallet(addressOf(1)), chunks)
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    await node.cycle(done(job, { ok: job.chunkIndex, ...more }), false)
  }
  await database.query(`
    set session_replication_role = replica;
    update oblivion.attempts
       set ended_at = date_trunc('day', now()) - interval '${ago} days' + interval '12 hours' + (ended_at - date_trunc('day', now())) / 1000
     where task_id = '${taskId}';
    set session_replication_role = origin`)
  return taskId
}
/** Today's history becomes old enough to be written. */
const settle = () =>
  database.query(`
    set session_replication_role = replica;
    update oblivion.attempts set ended_at = ended_at - interval '1 minute' where ended_at > now() - interval '20 seconds';
    set session_replication_role = origin`)

test('DJ-31, DJ-32: each result is one line of its day’s file; what a line said it says for ever', async () => {
  await work(3, 2)
  // What some readers take for the end of a line.
  await work(2, 1, { text: '\u2028 \u2029 \u0085' })
  await run()
  expect(readdirSync(folder)).toEqual([`results-${day(2)}.ndjson`, `results-${day(1)}.ndjson`])
  expect(statSync(join(folder, `results-${day(1)}.ndjson`)).mode & 0o777).toBe(0o600)
  const [first] = linesOf(read(2))
  expect(linesOf(read(2)).map(({ chunkIndex }) => chunkIndex)).toEqual([0, 1, 2])
  expect(first).toMatchObject({
    ...{ attempt: 1, outcome: 'succeeded', type: 'raytrace', result: { ok: 0 }, error: null },
    resultHash: createHash('sha256').update('{"ok":0}').digest('hex'),
  })
  const before = [read(2), read(1)]
  await run()
  expect([read(2), read(1)]).toEqual(before)
})

test('a day is marked with the count and the hash of its file, and the same again changes nothing', async () => {
  const rows = await database.query<{ day: string; lines: string; sha256: string }>(
    'select day::text, lines, sha256 from oblivion.history_exports order by day',
  )
  expect(rows).toEqual(
    [2, 1].map((ago) => ({
      day: day(ago),
      lines: String(linesOf(read(ago)).length),
      sha256: createHash('sha256').update(read(ago)).digest('hex'),
    })),
  )
})

test('today grows by appending; nothing of it is marked; what is too young waits', async () => {
  await work(1, 0).then(() => database.query('select 1'))
  await database.query(`
    set session_replication_role = replica;
    update oblivion.attempts set ended_at = now() where ended_at >= date_trunc('day', now());
    set session_replication_role = origin`)
  await run()
  expect(read(0)).toBe('')
  await settle()
  await run()
  const before = read(0)
  expect(linesOf(before)).toHaveLength(1)
  const task = await database.task(await database.wallet(addressOf(1)), 1)
  const { job } = await node.cycle()
  if (job === null) throw new Error(`No job of ${task}.`)
  await node.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'failed', error: 'OB205: it threw' }, false)
  await database.query(`
    set session_replication_role = replica;
    update oblivion.attempts set ended_at = now() - interval '20 seconds' where outcome = 'failed';
    set session_replication_role = origin`)
  await run()
  expect(read(0).startsWith(before)).toBe(true)
  expect(linesOf(read(0)).at(-1)).toMatchObject({ outcome: 'failed', error: 'OB205: it threw', result: null })
  expect(await database.query(`select 1 as one from oblivion.history_exports where day = $1`, [day(0)])).toEqual([])
  await expect(engine.call('mark_history_exported', [day(0), 2, 'a'.repeat(64)])).rejects.toMatchObject({
    code: 'OB005',
    values: { field: 'p_day' },
  })
})

test('a line that a crash cut off is written again, whole ones never twice', async () => {
  const whole = read(0)
  const file = join(folder, `results-${day(0)}.ndjson`)
  const [last = ''] = whole.split('\n').slice(-2)
  writeFileSync(file, whole.slice(0, -last.length + 5 - 1))
  await run()
  expect(read(0)).toBe(whole)
  appendFileSync(file, '{"half a')
  await run()
  expect(read(0)).toBe(whole)
  rmSync(file)
  await run()
  expect(read(0)).toBe(whole)
})

test('a file that lacks lines is never marked: it is made anew first', async () => {
  await work(4, 3)
  await database.query(`delete from oblivion.history_exports`)
  const file = join(folder, `results-${day(3)}.ndjson`)
  await run()
  const whole = read(3)
  await database.query(`delete from oblivion.history_exports`)
  // The first two lines are gone: the last one still says that all was written.
  writeFileSync(file, `${whole.split('\n').slice(2).join('\n')}`)
  await run()
  expect(read(3)).toBe(whole)
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
})

test('Privacy: a provider is a pseudonym of one task, and neither address, node nor owner stands in any file', async () => {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  const text = files.join('')
  expect(text).not.toContain(node.address)
  expect(text).not.toContain(node.nodeId)
  const byTask = new Map<unknown, Set<unknown>>()
  for (const line of linesOf(text)) byTask.set(line.taskId, (byTask.get(line.taskId) ?? new Set()).add(line.provider))
  expect(byTask.size).toBeGreaterThan(3)
  expect([...byTask.values()].every((providers) => providers.size === 1)).toBe(true)
  expect(new Set([...byTask.values()].flatMap((providers) => [...providers])).size).toBe(byTask.size)
})

test('recomputed: the lines of all files are the results that the public figures count', async () => {
  await database.query(
    `update oblivion.network_stats set next_at = '-infinity', counted_until = '-infinity', counted_total = 0`,
  )
  const stats = await database.database.as({ role: 'anon' }, ({ rpc }) =>
    rpc<{ chunksTotal: number; chunksToday: number }>('get_network_stats'),
  )
  const accepted = (text: string) => linesOf(text).filter(({ outcome }) => outcome === 'succeeded').length
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(stats.chunksTotal).toBe(files.map(accepted).reduce((sum, n) => sum + n, 0))
  expect(stats.chunksToday).toBe(accepted(read(0)))
})

test('DJ-39, SW-49: retention drops whole exported days older than its setting, and no money, job or result with them', async () => {
  await work(2, 20)
  const money = () =>
    database.query(
      `select (select count(*) from oblivion.receipts) as receipts, (select count(*) from oblivion.ledger_entries) as entries,
              (select count(*) from oblivion.results) as results, (select count(*) from public.jobs) as jobs,
              (select sum(price) from oblivion.receipts) as spent`,
    )
  const before = await money()
  const customer = await database.wallet(addressOf(1))
  const balance = await customer.rpc('my_balance')
  const partition = () =>
    database.query<{ found: boolean }>(
      `select to_regclass('oblivion.attempts_y' || to_char($1::date, 'YYYY"m"MM"d"DD')) is not null as found`,
      [day(20)],
    )
  await database.query('delete from oblivion.history_exports')
  await run()
  expect(await partition()).toEqual([{ found: true }])
  await database.coordinator('set_history_days', [21])
  await run()
  expect(await partition()).toEqual([{ found: true }])
  await database.coordinator('set_history_days', [19])
  await database.query('delete from oblivion.history_exports where day = $1', [day(20)])
  expect(await database.coordinator('drop_old_history')).toBe(0)
  await database.query(`insert into oblivion.history_exports (day, lines, sha256) values ($1, 2, repeat('a', 64))`, [
    day(20),
  ])
  await run()
  expect(await partition()).toEqual([{ found: false }])
  expect(linesOf(read(20))).toHaveLength(2)
  expect(await money()).toEqual(before)
  expect(await customer.rpc('my_balance')).toEqual(balance)
  await expect(database.coordinator('set_history_days', [7])).rejects.toMatchObject({ code: 'OB005' })
  // Its file stays as it is, and the day is not written anew from what is left.
  await run()
  expect(linesOf(read(20))).toHaveLength(2)
})

test('days that lie in the rest, because nobody had made their partition, go together once the last of them is old enough', async () => {
  const rest = async () =>
    (await database.query<{ n: number }>('select count(*)::int as n from oblivion.attempts_rest'))[0]?.n
  await work(1, 60)
  await work(1, 50)
  expect(await rest()).toBe(2)
  await run()
  await database.query('delete from oblivion.history_exports')
  await database.query(`insert into oblivion.history_exports (day, lines, sha256) values ($1, 1, repeat('a', 64))`, [
    day(60),
  ])
  await database.coordinator('set_history_days', [40])
  expect(await database.coordinator('drop_old_history')).toBe(0)
  await database.query(`insert into oblivion.history_exports (day, lines, sha256) values ($1, 1, repeat('a', 64))`, [
    day(50),
  ])
  await database.coordinator('set_history_days', [55])
  expect(await database.coordinator('drop_old_history')).toBe(0)
  expect(await rest()).toBe(2)
  await database.coordinator('set_history_days', [40])
  expect(await database.coordinator('drop_old_history')).toBe(2)
  expect(await rest()).toBe(0)
  expect(
    await database.query('select from oblivion.history_exports where day = any ($1) and dropped_at is not null', [
      [day(60), day(50)],
    ]),
  ).toHaveLength(2)
})

test('DJ-24: GET /datalake/export/:date answers the results of that day, to an operator alone', async () => {
  const adminToken = 'a word of operators'
  const app = createApp({ health: () => ({}) as never, allowedOrigins: [], exports: { folder, adminToken } })
  const ask = async (date: string, authorization?: string, of = app) => {
    const answer = await of.request(`/datalake/export/${date}`, {
      headers: { host: 'localhost', ...(authorization === undefined ? {} : { authorization }) },
    })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  const operator = `Bearer ${adminToken}`
  writeFileSync(join(folder, 'results-2020-01-01.ndjson'), '')
  writeFileSync(join(folder, 'secret.txt'), 'a secret')
  expect(await ask(day(2), operator)).toEqual({ status: 200, type: 'application/x-ndjson', text: read(2) })
  expect(await ask('2020-01-01', operator)).toMatchObject({ status: 200, text: '' })
  expect((await ask('2020-01-02', operator)).status).toBe(404)
  for (const name of ['today', '..%2Fsecret.txt', `${day(2)}%00`, `${day(2)}.ndjson`, '2020-1-1'])
    expect((await ask(name, operator)).status, name).toBe(400)
  for (const other of [undefined, '', 'Bearer ', `Bearer ${adminToken}x`, adminToken, 'Bearer admin-secret-token'])
    expect(await ask(day(2), other)).toMatchObject({ status: 401, text: expect.not.stringContaining('jobId') })
  const shut = createApp({ health: () => ({}) as never, allowedOrigins: [] })
  expect((await ask(day(2), operator, shut)).status).toBe(404)
  expect(() => readVariable({ ADMIN_TOKEN: 'admin-secret-token' }, 'ADMIN_TOKEN')).toThrow(/ADMIN_TOKEN/)
})

test('DJ-23: GET /datalake/stats adds a day up, to an operator alone', async () => {
  const adminToken = 'a word of operators'
  const stats = mkdtempSync(join(tmpdir(), 'oblivion-stats-'))
  const app = createApp({ health: () => ({}) as never, allowedOrigins: [], exports: { folder: stats, adminToken } })
  const ask = async (query = '', authorization = `Bearer ${adminToken}`) => {
    const headers = { host: 'localhost', authorization }
    const answer = await app.request(`/datalake/stats${query}`, { headers })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  expect((await ask()).status).toBe(404)
  const line = (type: string, outcome: string, seconds: number) =>
    JSON.stringify({ type, outcome, startedAt: '2026-11-24T10:00:00Z', endedAt: `2026-11-24T10:00:0${seconds}+00:00` })
  const lines = [line('raytrace', 'succeeded', 2), line('js', 'succeeded', 4), line('js', 'failed', 9)]
  const text = [...lines, line('js', 'expired', 9), line('raytrace', 'released', 9), '{"type":"js","outc'].join('\n')
  writeFileSync(join(stats, 'results-2026-11-24.ndjson'), text)
  writeFileSync(join(stats, 'results-2026-11-23.ndjson'), '')
  const outcomes = { succeeded: 2, failed: 1, expired: 1, released: 1 }
  expect(await ask()).toEqual({
    status: 200,
    body: {
      ...{ date: '2026-11-24', tries: 5, outcomes, success_rate: 0.5, mean_seconds: 3 },
      by_type: { raytrace: { tries: 2, succeeded: 1 }, js: { tries: 3, succeeded: 1 } },
    },
  })
  expect(await ask('?date=2026-11-23')).toMatchObject({ body: { tries: 0, success_rate: null, mean_seconds: null } })
  expect((await ask('?date=2026-11-22')).status).toBe(404)
  expect((await ask('?date=..')).status).toBe(400)
  expect((await ask('', 'Bearer admin-secret-token')).status).toBe(401)
  rmSync(stats, { recursive: true })
})
