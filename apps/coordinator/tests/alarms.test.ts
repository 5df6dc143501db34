import { deposit, readCustomer, readTokenBalance, topUp } from '@oblivion/contracts'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock, increaseTime, mine, setBalance, setNextBlockBaseFeePerGas } from 'viem/actions'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWorld, type Person, postTask, type Worker, type World } from './world/createWorld.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { steward, thiefWith } from './world/thief.ts'
import { turnOnce } from './world/turnOnce.ts'
import { until } from './world/until.ts'

// One world for all: each test leaves it as it found it, and the books equal.
let world: World
let customer: Person
let worker: Worker

beforeAll(async () => {
  world = await createWorld()
  customer = await world.person(world.chain.customer.account as never)
  worker = await world.worker()
  const { settlement } = world.chain
  await world.chain.mined(await deposit(world.chain.customer, { settlement, amount: 500_000_000n }))
})
afterAll(() => world?.end())
beforeEach(async () => {
  await world.finalize()
  for (const _ of [1, 2]) {
    const { status, alarms } = await turnOnce(world)
    expect([status.state, alarms]).toEqual(['settling', []])
    await world.finalize()
  }
})

const codes = (alarms: ReadonlyArray<{ code: string }>) => alarms.map(({ code }) => code)
const charged = async () => {
  const { settlement, deployer, customer: client } = world.chain
  return (await readCustomer(deployer, { settlement, customer: client.account.address })).charged
}
const earn = async (price = 20_000n) => {
  await postTask(customer, 1, price)
  expect(await worker.work(1)).toBe(1)
}

test('deficit: whoever pays out what nobody has earned stops everything, /health and /metrics say so, and a top-up ends it', async () => {
  await earn(500_000n)
  for (const _ of [1, 2]) {
    await turnOnce(world)
    await world.finalize()
  }
  const coordinator = await runCoordinator(world.configuration)
  try {
    await until('it settles', () => coordinator.health().settlement.state === 'settling' || null)
    const stolen = 300_000n
    await thiefWith(world, world.chain.settler).claim(world.chain.stranger.account.address, stolen)
    await world.finalize()
    await until('it stops', () => codes(coordinator.health().alarms).includes('deficit') || null)
    // Asked only now: before the theft was final, a batch could have paid what was left.
    await worker.rpc('request_payout')
    const url = `http://127.0.0.1:${coordinator.port}`
    expect((await fetch(`${url}/health`)).status).toBe(503)
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('oblivion_alarm{code="deficit"} 1')
    expect(coordinator.health().settlement.reason).toMatch(
      /pool against what providers are owed: 475000 in the ledger, 175000 on the chain/,
    )
    await expect(postTask(customer, 1)).rejects.toMatchObject({ code: 'OB015' })
    const { chain } = world
    const tokens = () => readTokenBalance(chain.deployer, { token: chain.token, owner: worker.account.address })
    expect(await tokens()).toBe(0n)
    // A part of it changes nothing but the figures.
    await chain.mined(await topUp(chain.customer, { settlement: chain.settlement, amount: 100_000n }))
    await world.finalize()
    await until('it says what is still missing', () =>
      coordinator.health().alarms[0]?.message.includes('275000 on the chain') ? true : null,
    )
    await chain.mined(await topUp(chain.customer, { settlement: chain.settlement, amount: 200_000n }))
    await world.finalize()
    await until('it settles again', () => coordinator.health().settlement.state === 'settling' || null)
    await until('the provider is paid', async () => ((await tokens()) === 475_000n ? true : null))
    expect(coordinator.health()).toMatchObject({ alarms: [] })
    expect(coordinator.said('an alarm is over')).toHaveLength(1)
  } finally {
    await coordinator.stop()
  }
})

test('an operator’s halt does not end by itself', async () => {
  await world.ask(`select oblivion.halt_settlement($1, 'I look into it.') as answer`, [world.instanceId])
  for (const _ of [1, 2]) {
    expect(await turnOnce(world)).toMatchObject({ status: { state: 'halted' }, alarms: [{ code: 'halted' }] })
    await world.finalize()
  }
  await world.ask('select oblivion.resume_settlement($1) as answer', [world.instanceId])
})

test('finality lag: the chain makes blocks and none of them final', async () => {
  await increaseTime(world.anvil, { seconds: 700 })
  await mine(world.anvil, { blocks: 1 })
  const { alarms } = await turnOnce(world)
  expect(codes(alarms)).toEqual(['finality_lag'])
  expect(alarms[0]?.message).toMatch(/has made no block final for 70\d s/)
})

test('balance: the relayer cannot pay for three full batches', async () => {
  const { address } = world.configuration.relayer
  await setBalance(world.anvil, { address, value: 10n ** 15n })
  await earn()
  const before = await charged()
  const { alarms } = await turnOnce(world)
  expect(codes(alarms)).toEqual(['relayer_balance'])
  expect(alarms[0]?.message).toContain(`The relayer ${address} holds 0.001`)
  // It could not send either: the batch is kept, and goes once there is money.
  await setBalance(world.anvil, { address, value: 1n })
  await earn()
  await turnOnce(world)
  await setBalance(world.anvil, { address, value: 10n ** 19n })
  for (const _ of [1, 2]) await turnOnce(world)
  expect(await charged()).toBe(before + 40_000n)
})

test('gas price: above the ceiling everything waits', async () => {
  await earn()
  const before = await charged()
  await setNextBlockBaseFeePerGas(world.anvil, { baseFeePerGas: 9_000_000_000n })
  await mine(world.anvil, { blocks: 1 })
  expect(codes((await turnOnce(world, null, { maxFeePerGas: 5_000_000_000n })).alarms)).toEqual(['gas_price'])
  expect(await charged()).toBe(before)
})

test('paused: the guardian’s pause is seen, and nothing is sent for nothing', async () => {
  await earn()
  await steward(world, world.chain.guardian, 'pause', [5n])
  expect(codes((await turnOnce(world)).alarms)).toEqual(['paused'])
  await steward(world, world.chain.admin, 'resume')
})

test('charge cap: customers hold more than the contract’s own cap lets charges take in time; over once it is less', async () => {
  const small = await createWorld({ chargeCap: 10_000n })
  try {
    const payer = await small.person(small.chain.customer.account as never)
    const { settlement } = small.chain
    await small.chain.mined(await deposit(small.chain.customer, { settlement, amount: 1_000_000n }))
    for (const _ of [1, 2]) {
      await small.finalize()
      expect((await turnOnce(small)).alarms).toEqual([])
    }
    const taskId = await postTask(payer, 9)
    const { alarms } = await turnOnce(small)
    expect(codes(alarms)).toEqual(['charge_cap'])
    expect(alarms[0]?.message).toMatch(/hold and owe 9000 .* take 100\d\d at least/)
    await payer.rpc('cancel_task', { p_task_id: taskId })
    expect((await turnOnce(small)).alarms).toEqual([])
  } finally {
    await small.end()
  }
})

test('signer: a key that does not sign, or that the contract takes no more, charges and vouches for nothing; the chain is booked on', async () => {
  const settler = privateKeyToAccount(world.settlerKey)
  const mute = { ...settler, signTypedData: () => Promise.reject(new Error('the key box is away')) }
  await earn()
  const taskId = await postTask(customer, 1)
  const task = () => customer.rpc('get_task', { p_task_id: taskId })
  const before = await charged()
  for (const _ of [1, 2]) {
    expect(await turnOnce(world, null, { settler: mute })).toMatchObject({
      ...{
        status: { state: 'keyless' },
        alarms: [{ code: 'signer', message: expect.stringContaining('does not sign') }],
      },
    })
  }
  expect(await task()).toMatchObject({ status: 'paused', pausedReason: 'halted' })
  expect(await charged()).toBe(before)
  for (const _ of [1, 2]) await turnOnce(world)
  expect(await task()).toMatchObject({ status: 'running', pausedReason: null })
  await world.finalize()

  const coordinator = await runCoordinator(world.configuration)
  try {
    await until('it settles', () => coordinator.health().settlement.state === 'settling' || null)
    await steward(world, world.chain.guardian, 'revokeSettler')
    await until('it sees that', () => coordinator.health().settlement.state === 'keyless' || null)
    expect(coordinator.health()).toMatchObject({
      status: 'degraded',
      alarms: [{ code: 'signer', message: expect.stringContaining('was revoked') }],
    })
    await world.finalize()
    const number = Number((await getBlock(world.anvil, { blockTag: 'finalized' })).number)
    await until('it books on', () => (coordinator.health().settlement.cursorBlock ?? 0) >= number || null)
    expect(coordinator.said('an alarm is over')).toHaveLength(0)
  } finally {
    expect(await coordinator.stop()).toBeNull()
  }
})
