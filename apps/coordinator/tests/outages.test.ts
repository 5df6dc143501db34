import { deposit } from '@oblivion/contracts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSettlingLock } from '../src/database/settlingLock.ts'
import { watchPart } from '../src/health/watchPart.ts'
import { sleep } from '../src/loop/sleep.ts'
import { createWorld, type World } from './world/createWorld.ts'
import { startFlakyProxy } from './world/flakyProxy.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world?.end())

const undo: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A coordinator whose way to one part of the world can be cut. */
async function behindProxy(part: 'database' | 'chain') {
  const { databaseUrl, rpcUrl } = world.configuration
  const target = new URL(part === 'database' ? databaseUrl : rpcUrl)
  const proxy = await startFlakyProxy({ host: target.hostname, port: Number(target.port) })
  undo.push(proxy.end)
  target.port = String(proxy.port)
  const url = part === 'database' ? { databaseUrl: target.href } : { rpcUrl: target.href }
  return { proxy, configuration: { ...world.configuration, ...url } }
}

/** A right to settle of this test's own. */
function lockOf(databaseUrl: string, queryTimeoutMs?: number) {
  const watch = watchPart({ part: 'database', now: Date.now, onChange: () => undefined })
  const lock = createSettlingLock({ databaseUrl, watch, ...(queryTimeoutMs ? { queryTimeoutMs } : {}) })
  undo.push(lock.release)
  return lock
}

const depositFinal = async () => {
  const { chain } = world
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 1_000_000n }))
  await world.finalize()
}

const escrow = () =>
  world.ask<string>(`select oblivion.ledger_state($1) ->> 'escrow' as answer`, [world.instanceId]).then(BigInt)

test.each(['database', 'chain'] as const)(
  'the %s goes away and comes back: said once, then it goes on',
  async (part) => {
    const { proxy, configuration } = await behindProxy(part)
    const coordinator = await runCoordinator(configuration)
    undo.push(coordinator.stop)
    await until('it settles', () => coordinator.health().settlement.state === 'settling' || null)

    proxy.cut()
    await until('it notices', () => coordinator.health()[part].state === 'down' || null)
    const before = await escrow()
    await depositFinal()
    const already = proxy.dropped()
    await until('several turns fall into the outage', () => proxy.dropped() > already + 2 || null)
    expect(coordinator.health().status).toBe('degraded')
    expect(await escrow()).toBe(before)

    proxy.mend()
    await until('the deposit made meanwhile is booked', async () =>
      (await escrow()) === before + 1_000_000n ? true : null,
    )
    await until('it is well', () => coordinator.health().status === 'ok' || null)
    expect(coordinator.said(/cannot be reached/)).toHaveLength(1)
    expect(coordinator.said(/is back/)).toHaveLength(1)
    expect(coordinator.said('failed')).toEqual([])
  },
)

test.each(['database', 'chain'] as const)('it starts without the %s and begins when that is there', async (part) => {
  const { proxy, configuration } = await behindProxy(part)
  proxy.cut()
  const coordinator = await runCoordinator(configuration)
  undo.push(coordinator.stop)
  await until('it says so', () => coordinator.said(/cannot be reached/).length === 1 || null)
  proxy.mend()
  await until('it settles', () => coordinator.health().settlement.state === 'settling' || null)
})

test('of several coordinators one settles; when it ends, another goes on', async () => {
  const started = await Promise.all([1, 2, 3].map(() => runCoordinator(world.configuration)))
  undo.push(...started.map(({ stop }) => stop))
  const states = () => started.map((one) => one.health().settlement.state)
  await until('one settles and two stand by', () => {
    const now = states()
    return (now.filter((state) => state === 'settling').length === 1 && !now.includes('starting')) || null
  })
  const first = started[states().indexOf('settling')]
  expect(started.every((one) => one.health().status === 'ok')).toBe(true)
  await first?.stop()
  await until(
    'another settles',
    () => started.some((one) => one !== first && one.health().settlement.state === 'settling') || null,
  )
})

test('the right to settle that the database gives after its question was given up is held by nobody', async () => {
  const { proxy, configuration } = await behindProxy('database')
  const lock = lockOf(configuration.databaseUrl, 200)
  proxy.stall('pg_try_advisory_lock')
  await expect(lock.hold()).rejects.toMatchObject({ part: 'database' })
  proxy.deliver()
  await until('the late question was answered, or its connection is gone', () =>
    world.ask<boolean>(
      `select count(*) = 0 or bool_or(l.granted) as answer
         from pg_stat_activity a left join pg_locks l on l.pid = a.pid and l.locktype = 'advisory'
        where a.application_name = 'oblivion-coordinator-lock' and a.datname = current_database()`,
    ),
  )
  // Asked late itself, on a busy machine, it asks again.
  await until('it has the right', () => lock.hold().catch(() => null))
})

test('a right to settle that nobody uses calls a person, and so does work that fails at every turn', async () => {
  const idle = lockOf(world.configuration.databaseUrl)
  expect(await idle.hold()).toBe(true)
  await depositFinal()
  let ahead = 0
  const now = () => Date.now() + ahead
  const hasty: typeof sleep = (ms, signal) => sleep(Math.min(ms, 50), signal)
  const coordinator = await runCoordinator(world.configuration, { now, sleep: hasty })
  undo.push(coordinator.stop)
  const alarmIn = (minutes: number) => {
    ahead += minutes * 60_000
    return coordinator.health().alarms[0] ?? null
  }
  await until('it stands by', () => coordinator.health().settlement.state === 'standby' || null)
  expect(coordinator.health().status).toBe('ok')
  expect(await until('a person is called', () => alarmIn(1))).toMatchObject({ code: 'nobody_settles' })
  expect(coordinator.health().status).toBe('degraded')
  await idle.release()
  await until('it settles', () => coordinator.health().settlement.state === 'settling' || null)
  expect(coordinator.health().alarms).toEqual([])

  await world.database.query('alter table oblivion.chain_events add constraint shut check (false) not valid')
  await depositFinal()
  expect(await until('a person is called', () => alarmIn(1))).toMatchObject({
    code: 'loop_failing',
    message: expect.stringMatching(/^Fails at every turn: settlement for \d+ min \(.* check constraint "shut"\)\.$/),
  })
  const health = () => fetch(`http://127.0.0.1:${coordinator.port}/health`).then(({ status }) => status)
  expect(await health()).toBe(503)
  await world.database.query('alter table oblivion.chain_events drop constraint shut')
  await until('it is well', async () => (await health()) === 200 || null)
})
