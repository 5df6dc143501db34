import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { deposit } from '@oblivion/contracts'
import { getBlock } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type Person, postTask, type World } from './world/createWorld.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

let world: World
let customer: Person
let coordinator: Awaited<ReturnType<typeof runCoordinator>>

beforeAll(async () => {
  world = await createWorld()
  const { chain } = world
  customer = await world.person(chain.customer.account as never)
  coordinator = await runCoordinator(world.configuration)
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 10_000_000n }))
  await until('the deposit is booked', async () => {
    await world.finalize()
    return (await customer.rpc<{ free: string }>('my_balance')).free === '10000000' || null
  })
})
afterAll(async () => {
  await coordinator?.stop()
  await world?.end()
})

test('a job whose node is gone comes back though no node asks', async () => {
  const taskId = await postTask(customer, 1)
  const worker = await world.worker()
  await worker.claim()
  const state = () => world.ask<string>('select status as answer from public.jobs where task_id = $1', [taskId])
  expect(await state()).toBe('processing')
  await world.database.query(
    `update public.jobs set lease_expires_at = now() - interval '1 second' where task_id = $1`,
    [taskId],
  )
  await until('it is pending again', async () => ((await state()) === 'pending' ? true : null))
})

test('a screen gets a digest of its task', async () => {
  const taskId = await postTask(customer, 1)
  const digest = await until('a digest', () =>
    world
      .ask<{ taskId: string; chunkCount: number } | null>(
        `select payload as answer from realtime.messages where topic = 'task:' || $1 and event = 'digest' limit 1`,
        [taskId],
      )
      .then((payload) => payload ?? null),
  )
  expect(digest).toMatchObject({ taskId, chunkCount: 1 })
})

test('the public figures stay fresh though nobody reads them', async () => {
  const asOf = () => world.ask<Date>('select as_of as answer from oblivion.network_stats')
  const first = await asOf()
  await until('they are newer', async () => ((await asOf()) > first ? true : null))
})

test('openInstance tells the ledger of a deployment, once', async () => {
  const { chain } = world
  const folder = await mkdtemp(join(tmpdir(), 'oblivion-record-'))
  const file = join(folder, '31337.json')
  const genesis = await getBlock(world.anvil, { blockNumber: 0n })
  await writeFile(
    file,
    JSON.stringify({
      ...{ chainId: chain.chainId, settlement: chain.settlement, token: chain.token, genesisHash: genesis.hash },
      blockNumber: String(chain.deployment.blockNumber),
    }),
  )
  const script = fileURLToPath(new URL('../openInstance.ts', import.meta.url))
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: world.database.coordinatorUrl }
  const { stdout } = await promisify(execFile)(process.execPath, [script, file], { env })
  expect(stdout).toBe(`Settlement instance ${world.instanceId}: ${chain.settlement} on chain 31337.\n`)
  await rm(folder, { recursive: true })
})
