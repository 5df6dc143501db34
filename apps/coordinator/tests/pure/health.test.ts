import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import pg from 'pg'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../src/configuration/readConfiguration.ts'
import { isDatabaseOutage } from '../../src/database/isDatabaseOutage.ts'
import { describeError } from '../../src/describeError.ts'
import { createAlarms } from '../../src/health/alarms.ts'
import { type HealthReport, healthReport } from '../../src/health/healthReport.ts'
import { metricsPage } from '../../src/health/metricsPage.ts'
import { failedSince, sayJobsFailing, sayQueueOld, sayResultUnread } from '../../src/health/queueAlarms.ts'
import { watchPart } from '../../src/health/watchPart.ts'
import { createApp } from '../../src/http/createApp.ts'
import { isKnownHost } from '../../src/http/isKnownHost.ts'
import { openDoor } from '../../src/http/openDoor.ts'
import { serve } from '../../src/http/serve.ts'
import { createLogger } from '../../src/log/createLogger.ts'

test('a part’s changes are said once each, and the first contact is no news', () => {
  const said: string[] = []
  let time = 0
  const watch = watchPart({ part: 'chain', now: () => time, onChange: (part, state) => said.push(`${part} ${state}`) })
  expect(watch.health).toEqual({ state: 'unknown', since: null })
  watch.reached()
  watch.reached()
  expect(said).toEqual([])
  time = 5_000
  for (const _ of [1, 2, 3]) watch.lost(new Error('refused'))
  expect(watch.health).toEqual({ state: 'down', since: '1970-01-01T00:00:05.000Z' })
  watch.reached()
  expect(said).toEqual(['chain down', 'chain ok'])
})

test('a part that is away from the start is said', () => {
  const said: string[] = []
  watchPart({ part: 'database', now: () => 0, onChange: (_, state) => said.push(state) }).lost(new Error('refused'))
  expect(said).toEqual(['down'])
})

const answered = (code: string) => Object.assign(new pg.DatabaseError('no', 2, 'error'), { code })

test('what the server answers is no outage, unless it says that it is away', () => {
  for (const code of ['OB016', '42501', '23505', '40001', '55P03']) {
    expect(isDatabaseOutage(answered(code)), code).toBe(false)
  }
  for (const code of ['08006', '57P01', '57P03', '53300']) expect(isDatabaseOutage(answered(code)), code).toBe(true)
  expect(isDatabaseOutage(new Error('Connection terminated unexpectedly'))).toBe(true)
  expect(isDatabaseOutage(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).toBe(true)
})

const depth = {
  ...{ waiting: 0, oldestWaitingSeconds: 0, running: 0, unread: 0, oldestUnreadSeconds: 0 },
  ...{ failed: {}, lately: { accepted: 0, failed: 0 } },
  limits: { oldestWaitingSeconds: 3600, failedShare: 0.5 },
}

test('DJ-37, SW-39: an old queue, attempts that fail and results that nobody reads are said above their limits alone', () => {
  const never = { ...depth, limits: { oldestWaitingSeconds: null, failedShare: null } }
  expect(sayQueueOld({ ...depth, oldestWaitingSeconds: 3600 })).toBeNull()
  expect(sayQueueOld({ ...never, oldestWaitingSeconds: 1e9 })).toBeNull()
  expect(sayQueueOld({ ...depth, waiting: 12, oldestWaitingSeconds: 3660 })).toMatch(
    /for 61 min, and 12 wait .* 60 min\.$/,
  )
  expect(sayJobsFailing({ ...depth, lately: { accepted: 10, failed: 10 } })).toBeNull()
  expect(sayJobsFailing({ ...depth, lately: { accepted: 0, failed: 19 } })).toBeNull()
  expect(sayJobsFailing({ ...never, lately: { accepted: 0, failed: 20 } })).toBeNull()
  expect(sayJobsFailing({ ...depth, lately: { accepted: 9, failed: 11 } })).toMatch(
    /^Of 20 attempts .* 11 failed.* 50 %\.$/,
  )
  expect(sayResultUnread({ ...depth, unread: 3, oldestUnreadSeconds: 600 })).toBeNull()
  expect(sayResultUnread({ ...depth, unread: 3, oldestUnreadSeconds: 660 })).toMatch(/unread for 11 min, 3 in all/)
})

test('JM-28: what failed for good since the last look is counted by type', () => {
  expect(failedSince(null, { raytrace: 4 })).toEqual({})
  expect(failedSince({ raytrace: 4, js: 2 }, { raytrace: 6, js: 1, wasm: 1 })).toEqual({ raytrace: 2, wasm: 1 })
})

test('DJ-38: health is degraded where a person should look, and 503 says so; how deep the queue is, is a metric', async () => {
  const ok = { state: 'ok', since: null } as const
  const down = { state: 'down', since: null } as const
  const at = {
    ...{ instanceId: 1n, chainId: 31337, contractAddress: '0xc0' as const },
    ...{ cursorBlock: 7n, finalizedBlock: 9n, reconciledBlock: 7n },
  }
  const settling = { state: 'settling', ...at } as const
  const queue = { ...depth, waiting: 7, oldestWaitingSeconds: 90, running: 3, unread: 2, failed: { raytrace: 4 } }
  const well = { relay: { balanceWei: 5n, tries: 0 }, queue, alarms: [] }
  const alarm = { code: 'relayer_balance' as const, since: '2026-11-22T00:00:00.000Z', message: 'Send it some.' }
  const alarms = [alarm]
  const reports = [
    healthReport({ ...well, database: ok, chain: ok, settlement: settling }),
    healthReport({ ...well, database: ok, chain: ok, settlement: { state: 'standby' } }),
    healthReport({ ...well, database: down, chain: ok, settlement: settling }),
    healthReport({ ...well, database: ok, chain: down, settlement: settling }),
    healthReport({ ...well, database: ok, chain: ok, settlement: { ...at, state: 'halted', reason: 'Why.' } }),
    healthReport({ ...well, database: ok, chain: ok, settlement: { ...at, state: 'keyless', reason: 'Revoked.' } }),
    healthReport({ ...well, database: ok, chain: ok, settlement: settling, alarms }),
    // A customer can raise this one by a single task.
    healthReport({ ...well, database: ok, chain: ok, settlement: settling, alarms: [{ ...alarm, code: 'queue_old' }] }),
  ]
  expect(reports.map(({ status }) => status)).toEqual([
    ...['ok', 'ok', 'degraded', 'degraded', 'degraded', 'degraded', 'degraded', 'ok'],
  ])
  expect(reports[0]?.settlement).toMatchObject({
    cursorBlock: 7,
    finalizedBlock: 9,
    finalityLag: 2,
    reconciledBlock: 7,
  })
  expect(reports[4]?.settlement).toMatchObject({ state: 'halted', reason: 'Why.' })
  for (const report of reports) {
    const app = createApp({ health: () => report, allowedOrigins: [] })
    const ask = async (path: string) => (await app.request(path, { headers: { host: 'localhost' } })).status
    expect(await ask('/health')).toBe(report.status === 'ok' ? 200 : 503)
    expect(await ask('/healthz')).toBe(200)
    expect(await ask('/metrics')).toBe(200)
  }
  const page = await metricsPage(reports.at(-1) as HealthReport)
  expect(page.text).toContain('oblivion_alarm{code="queue_old"} 1')
  expect(page.text).toContain('oblivion_cursor_block 7')
  expect(page.text).toContain('oblivion_relayer_balance_wei 5')
  for (const line of [
    ...['jobs_waiting 7', 'jobs_oldest_waiting_seconds 90', 'jobs_running 3', 'results_unread 2'],
    ...[
      'results_oldest_unread_seconds 0',
      'jobs_failed_total{type="raytrace"} 4',
      'attempts_lately{outcome="failed"} 0',
    ],
  ])
    expect(page.text.split('\n')).toContain(`oblivion_${line}`)
  // Nothing is known yet: no series says zero.
  const early = healthReport({ ...well, queue: null, database: ok, chain: ok, settlement: { state: 'waiting' } })
  expect((await metricsPage(early)).text).not.toMatch(
    /oblivion_(cursor_block|alarm|jobs_waiting|jobs_failed_total|results_unread)[ {]/,
  )
})

test('an alarm is said when it is raised and when it is over, and keeps the time of its start', () => {
  let time = 0
  const said: Array<[string, string | null]> = []
  const alarms = createAlarms({ now: () => time, onChange: (code, message) => said.push([code, message]) })
  alarms.set('deficit', null)
  alarms.set('deficit', 'One is missing.')
  time = 5_000
  alarms.set('deficit', 'Two are missing.')
  expect(alarms.standing).toEqual([{ code: 'deficit', since: '1970-01-01T00:00:00.000Z', message: 'Two are missing.' }])
  alarms.set('deficit', null)
  expect(said).toEqual([
    ['deficit', 'One is missing.'],
    ['deficit', null],
  ])
})

const environment = {
  ...{ DATABASE_URL: 'postgres://localhost/x', RPC_URL: 'http://127.0.0.1:1' },
  ...{ SETTLER_PRIVATE_KEY: `0x${'1'.repeat(64)}`, RELAYER_PRIVATE_KEY: `0x${'2'.repeat(64)}` },
  ...{ SUPABASE_URL: 'http://127.0.0.1:2', SUPABASE_KEY: 'public' },
}

test('A6: only names of this machine are served, and those that the operator allows', async () => {
  for (const host of ['127.0.0.1', '127.0.0.1:3001', 'localhost:1', '[::1]:3001'])
    expect(isKnownHost(host, []), host).toBe(true)
  for (const host of [
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:3001',
    '10.0.0.1',
  ]) {
    expect(isKnownHost(host, []), String(host)).toBe(false)
    expect(isKnownHost(host, ['api.example']), String(host)).toBe(false)
  }
  const app = createApp({ health: () => ({}) as never, allowedOrigins: [] })
  expect((await app.request('/health', { headers: { host: 'evil.example' } })).status).toBe(403)
  const { allowedHosts } = readConfiguration({ ...environment, ALLOWED_HOSTS: 'API.example, [fd00::1]' })
  const behind = createApp({ health: () => ({}) as never, allowedOrigins: [], allowedHosts })
  const ask = async (host: string) => (await behind.request('/healthz', { headers: { host } })).status
  expect(await Promise.all(['api.example', 'API.EXAMPLE:443', '[fd00::1]:443', 'localhost:3001'].map(ask))).toEqual([
    ...[200, 200, 200, 200],
  ])
  expect(await Promise.all(['evil.example', 'x.api.example', 'api.example.evil.example'].map(ask))).toEqual([
    ...[403, 403, 403],
  ])
  for (const wrong of ['*', 'https://api.example', 'api.example:443', 'api example'])
    expect(() => readConfiguration({ ...environment, ALLOWED_HOSTS: wrong }), wrong).toThrow('ALLOWED_HOSTS')
  expect(readConfiguration(environment)).toMatchObject({ address: '127.0.0.1', allowedHosts: [] })
  expect(() => readConfiguration({ ...environment, COORDINATOR_ADDRESS: 'all' })).toThrow('COORDINATOR_ADDRESS')
})

test('JM-32: what nobody foresaw at a door is logged with the door and the error, and asks for another try', async () => {
  const said: unknown[] = []
  const log = createLogger('info', { write: (line) => void said.push(JSON.parse(line)) })
  const door = openDoor({ log, failure: 'a call about jobs failed', maxBodyBytes: 10 })
  door.get('/', () => {
    throw new Error('the disk is gone')
  })
  const answer = await door.request('/')
  expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ code: 'OB101' })])
  expect(said).toMatchObject([{ msg: 'a call about jobs failed', error: { message: 'the disk is gone' } }])
})

test('an error in the log is one line without its surroundings', () => {
  expect(describeError(new Error('first\nsecond'))).toEqual({ name: 'Error', message: 'first' })
  expect(describeError('text')).toEqual({ name: 'unknown', message: 'something that is no error was thrown' })
})

test('connections that cannot be taken end no process', async () => {
  const said: string[] = []
  const app = { fetch: () => new Response('here') }
  const served = await serve(app, 0, '127.0.0.1', ({ message }) => said.push(message))
  const servers: Server[] = []
  const note = (message: unknown) => void servers.push((message as { server: Server }).server)
  subscribe('http.server.request.start', note)
  try {
    const ask = () => fetch(`http://127.0.0.1:${served.port}/`).then((answer) => answer.text())
    await ask()
    // As the platform says it where no file is left; two, since the first could still be taken for a failed start.
    for (const _ of [1, 2]) servers[0]?.emit('error', new Error('accept EMFILE'))
    expect(said).toEqual(['accept EMFILE', 'accept EMFILE'])
    expect(await ask()).toBe('here')
    await expect(serve(app, served.port, '127.0.0.1', () => undefined)).rejects.toThrow('EADDRINUSE')
  } finally {
    unsubscribe('http.server.request.start', note)
    await served.close()
  }
})
