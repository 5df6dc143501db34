import { deposit } from '@oblivion/contracts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
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
    const { chain } = world
    await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 1_000_000n }))
    await world.finalize()
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
