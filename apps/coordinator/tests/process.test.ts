import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { deposit } from '@oblivion/contracts'
import { generatePrivateKey } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from './world/createWorld.ts'
import { startFlakyProxy } from './world/flakyProxy.ts'
import { environmentOf, forkCoordinator } from './world/forkCoordinator.ts'
import { until } from './world/until.ts'

let world: World
let settlerKey: string
const running: ChildProcess[] = []

beforeAll(async () => {
  world = await createWorld()
  settlerKey = world.settlerKey
})
afterAll(() => world?.end())
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

/** Starts one that is gone after the test. */
async function forkMain(env: Record<string, string> = {}) {
  const forked = await forkCoordinator(world, env)
  running.push(forked.child)
  return forked
}

test('DJ-10, DJ-12, DJ-37: started alone it tells its port; health answers there and nowhere else', async () => {
  const { port, said } = await forkMain({ ALLOWED_HOSTS: 'api.example' })
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers })
  await until('it settles', async () => {
    const report = (await (await ask('/health')).json()) as { settlement: { state: string } }
    return report.settlement.state === 'settling' || null
  })
  const report = await (await ask('/healthz')).json()
  expect(report).toMatchObject({
    status: 'ok',
    database: { state: 'ok' },
    chain: { state: 'ok' },
    settlement: { state: 'settling', reason: null, chainId: 31337, contractAddress: world.chain.settlement },
  })
  expect((await ask('/', {})).status).toBe(404)
  // Its log is for machines: an object a line.
  const lines = said().trim().split('\n')
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({
      level: expect.any(Number),
      time: expect.any(String),
      msg: expect.any(String),
    })
  expect((await ask('/health', { origin: 'https://evil.example' })).status).toBe(403)
  // As a proxy passes it on; `fetch` sends no Host but its own.
  const under = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ port, path: '/healthz', headers: { host } }, (answer) => resolve(answer.resume().statusCode)).on(
        'error',
        reject,
      )
    })
  expect([await under('api.example'), await under('evil.example')]).toEqual([200, 403])
  const own = await ask('/health', { origin: 'http://localhost:5173' })
  expect(own.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
})

test('the variables that docs/hosting.md names are those that it was tried with, and are enough', async () => {
  const guide = await readFile(new URL('../../../docs/hosting.md', import.meta.url), 'utf8')
  const [, step = ''] = /\n## 4\.[\s\S]*?```sh\n([\s\S]*?)```/.exec(guide) ?? []
  const named = [...step.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
  const admins = { OBLIVION_ADMINS: world.chain.customer.account.address }
  expect(named.sort()).toEqual(Object.keys({ ...environmentOf(world), ...admins }).sort())
  const { port, said } = await forkMain(admins)
  expect(port, said()).not.toBeNull()
  await until(
    'its operators are known',
    async () =>
      (await world.ask<string>(`select string_agg(o.address, ',') as answer from oblivion.operators o`)) ===
        admins.OBLIVION_ADMINS.toLowerCase() || null,
  )
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it, and gives the lock back', async (signal) => {
  const { child, ended } = await forkMain()
  child.kill(signal)
  expect(await ended).toBe(0)
  const locks = await world.ask<string>(
    `select count(*) as answer from pg_locks l join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and d.datname = current_database()`,
  )
  expect(locks).toBe('0')
})

test('it does not outlive its supervisor', async () => {
  const { child, ended } = await forkMain()
  child.disconnect()
  expect(await ended).toBe(0)
})

test('kill -9 in the middle of work: the next process books what is missing, once', async () => {
  const { chain } = world
  const escrow = () => world.ask<string>(`select oblivion.ledger_state($1) ->> 'escrow' as answer`, [world.instanceId])
  const before = BigInt(await escrow())
  for (let round = 1; round <= 4; round += 1) {
    const { child, ended } = await forkMain()
    await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 1_000_000n }))
    await world.finalize()
    child.kill('SIGKILL')
    await ended
  }
  await forkMain()
  await until('all four deposits are booked', async () =>
    BigInt(await escrow()) === before + 4_000_000n ? true : null,
  )
})

test('a refused configuration ends it with one sentence and no secret', async () => {
  const key = generatePrivateKey()
  const wrong = await forkMain({ SETTLER_PRIVATE_KEY: key })
  expect(await wrong.ended).toBe(1)
  expect(wrong.said()).toMatch(/SETTLER_PRIVATE_KEY belongs to 0x\w{40}, and the contract/)
  expect(wrong.said()).not.toContain(key.slice(2))

  const missing = await forkMain({ RPC_URL: '' })
  expect(await missing.ended).toBe(1)
  expect(missing.said()).toMatch(/The environment variable RPC_URL is not set/)

  const garbled = await forkMain({ RELAYER_PRIVATE_KEY: 'hunter2hunter2' })
  expect(await garbled.ended).toBe(1)
  expect(garbled.said()).not.toContain('hunter2')
})

test('no secret in the log, even at debug and through outages', async () => {
  const rpc = new URL(world.configuration.rpcUrl)
  const proxy = await startFlakyProxy({ host: rpc.hostname, port: Number(rpc.port) })
  const database = new URL(world.configuration.databaseUrl)
  const { child, ended, said } = await forkMain({
    LOG_LEVEL: 'debug',
    // Providers put their API key into the URL.
    RPC_URL: `http://127.0.0.1:${proxy.port}/?key=very-secret-api-key`,
  })
  await until('it settles', () => said().includes('"settling"') || null)
  proxy.cut()
  await until('it notices', () => said().includes('the chain cannot be reached') || null)
  child.kill('SIGTERM')
  await ended
  await proxy.end()
  for (const secret of ['very-secret-api-key', settlerKey.slice(2), world.relayerKey.slice(2), database.password]) {
    expect(said()).not.toContain(secret)
  }
  expect(said().length).toBeGreaterThan(100)
})
