import {
  cancelExit,
  collectFees,
  deposit,
  mintTestUsdc,
  readCustomer,
  readEscrow,
  readTokenBalance,
  requestExit,
  setDailyCap,
  settlementAbi,
  testUsdcAbi,
  topUp,
  withdraw,
} from '@oblivion/contracts'
import { type Abi, type Address, concat, encodeFunctionData, pad } from 'viem'
import { increaseTime, mine, revert, sendTransaction, snapshot } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type Person, postTask, type Worker, type World } from './world/createWorld.ts'
import { turnOnce } from './world/turnOnce.ts'

// One world for all: what a customer does on chain, and what the ledger makes of it.
let world: World
let customer: Person
let worker: Worker

beforeAll(async () => {
  world = await createWorld()
  const { chain } = world
  customer = await world.person(chain.customer.account as never)
  worker = await world.worker()
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 10_000_000n }))
  await settled()
})
afterAll(() => world?.end())

/** Makes all that is mined final and books it: one turn reads it, the next one compares. */
async function settled() {
  await world.finalize()
  const { status } = await turnOnce(world)
  expect(
    status,
    JSON.stringify(status, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).toMatchObject({
    state: 'settling',
  })
}

type Balance = Record<'free' | 'exiting' | 'held' | 'spent' | 'deposited' | 'withdrawn' | 'room', string>
const balance = async () => {
  const money = await customer.rpc<Balance>('my_balance')
  const sum = [money.free, money.exiting, money.held, money.spent, money.withdrawn].map(BigInt)
  expect(sum.reduce((left, right) => left + right)).toBe(BigInt(money.deposited))
  return money
}

const charged = async () => {
  const { settlement, deployer, customer: client } = world.chain
  return (await readCustomer(deployer, { settlement, customer: client.account.address })).charged
}

const ask = async (sign: Promise<`0x${string}`>) => world.chain.mined(await sign)

test('M2: an exit is seen before it is final: nothing is free, no task is posted, no chunk is claimed, the rest is charged', async () => {
  const { chain } = world
  const { settlement } = chain
  const taskId = await postTask(customer, 5)
  expect(await worker.work(2)).toBe(2)
  // Not one block is final from here on.
  await ask(requestExit(chain.customer, { settlement, amount: 2n ** 200n }))
  await turnOnce(world)
  expect(await balance()).toMatchObject({ free: '0', held: '3000', spent: '2000', exiting: '9995000' })
  await expect(postTask(customer, 1)).rejects.toMatchObject({ code: 'OB095' })
  await expect(worker.claim()).rejects.toThrow('there was no job to claim')
  await expect(customer.rpc('resume_task', { p_task_id: taskId })).rejects.toMatchObject({ code: 'OB095' })
  expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
    status: 'paused',
    pausedReason: 'exit',
  })
  expect(await charged()).toBe(2_000n)
})

test('cancelled, work goes on by itself', async () => {
  await ask(cancelExit(world.chain.customer, { settlement: world.chain.settlement }))
  await turnOnce(world)
  expect(await balance()).toMatchObject({ exiting: '0', free: '9995000' })
  expect(await worker.work(1)).toBe(1)
})

test('a reorganised exit leaves with its block', async () => {
  const before = await snapshot(world.anvil)
  await ask(requestExit(world.chain.customer, { settlement: world.chain.settlement, amount: 5_000_000n }))
  await turnOnce(world)
  expect(await balance()).toMatchObject({ exiting: '5000000' })
  await revert(world.anvil, { id: before })
  await mine(world.anvil, { blocks: 1 })
  await turnOnce(world)
  expect(await balance()).toMatchObject({ exiting: '0' })
})

test('withdrawn, it is booked to the unit, and what tasks held beyond it ends', async () => {
  const { chain } = world
  const { settlement } = chain
  await ask(requestExit(chain.customer, { settlement, amount: 2n ** 200n }))
  await turnOnce(world)
  const read = () => world.ask<Address[]>('select oblivion.customers_to_read($1) as answer', [world.instanceId])
  expect(await read()).toEqual([chain.customer.account.address.toLowerCase()])
  // Final, it is read once more and not at every turn until it lapses, however many there are.
  await settled()
  await settled()
  expect(await read()).toEqual([])
  await increaseTime(world.anvil, { seconds: 130 })
  await mine(world.anvil, { blocks: 1 })
  await ask(withdraw(chain.customer, { settlement }))
  // Not final yet: the contract shows no exit any more, and the ledger still has the money.
  await turnOnce(world)
  expect(await balance()).toMatchObject({ free: '0', withdrawn: '0' })
  await expect(postTask(customer, 1)).rejects.toMatchObject({ code: 'OB095' })
  await expect(worker.claim()).rejects.toThrow('there was no job to claim')
  await settled()
  await settled()
  const money = await balance()
  expect(money).toMatchObject({ free: '0', held: '0', exiting: '0', spent: '3000', withdrawn: '9997000' })
  expect(await charged()).toBe(3_000n)
})

test('M6: a top-up, collected fees, fees collected where there are none and an exit that charges emptied stop nothing', async () => {
  const { chain } = world
  const { settlement, token, stranger } = chain
  await ask(topUp(chain.customer, { settlement, amount: 1_000n }))
  await ask(mintTestUsdc(chain.deployer, { token, to: stranger.account.address, amount: 1_000n }))
  await ask(deposit(stranger, { settlement, amount: 1_000n }))
  await settled()
  await worker.work()
  await postTask(await world.person(stranger.account as never), 1)
  expect(await worker.work()).toBe(1)
  await ask(requestExit(stranger, { settlement, amount: 1_000n }))
  await turnOnce(world)
  await settled()
  expect(await readEscrow(stranger, { settlement, customer: stranger.account.address })).toBe(0n)
  await increaseTime(world.anvil, { seconds: 130 })
  await mine(world.anvil, { blocks: 1 })
  await ask(withdraw(stranger, { settlement }))
  for (const _ of ['all', 'nothing']) await ask(collectFees(stranger, { settlement }))
  await settled()
  const state = await world.ask<Record<string, string>>('select oblivion.ledger_state($1) as answer', [
    world.instanceId,
  ])
  expect(state).toMatchObject({ fees: '0', platformFees: '0', total: '0' })
})

test('M6: a node that lags and answers without its last events halts nothing: they are read again', async () => {
  const { chain } = world
  const pool = async () =>
    BigInt(await world.ask<string>(`select oblivion.ledger_state($1) ->> 'pool' as answer`, [world.instanceId]))
  const before = await pool()
  await ask(topUp(chain.customer, { settlement: chain.settlement, amount: 7n }))
  await world.finalize()
  expect(await turnOnce(world, null, { emptyLogs: 2 })).toMatchObject({ status: { state: 'settling' }, alarms: [] })
  expect(await pool()).toBe(before + 7n)
  // So far back that it takes a second look, at the blocks before the last thousand.
  await ask(topUp(chain.customer, { settlement: chain.settlement, amount: 7n }))
  await mine(world.anvil, { blocks: 1_100 })
  const look = () => world.ask<string>(`select oblivion.settlement_instance() ->> 'haltCause' as answer`)
  const between = [async () => expect(await look()).toBe('books')]
  expect(await turnOnce(world, null, { emptyLogs: 4, between })).toMatchObject({
    ...{ status: { state: 'settling' }, alarms: [] },
  })
  expect(await pool()).toBe(before + 14n)
})

test('M5: what a task may cost is bounded by the customer’s own daily cap, which the ledger reads from the chain', async () => {
  const { chain } = world
  const { settlement } = chain
  await ask(deposit(chain.customer, { settlement, amount: 500_000_000n }))
  await ask(setDailyCap(chain.customer, { settlement, dailyCap: 10_000n }))
  await settled()
  // 3,003 were charged within these 24 hours.
  expect(await balance()).toMatchObject({ free: '500000000' })
  await expect(postTask(customer, 8)).rejects.toMatchObject({ code: 'OB096' })
  await postTask(customer, 6)
  await expect(postTask(customer, 1)).rejects.toMatchObject({ code: 'OB096' })
})

/**
 * The smallest wallet that is a contract: it calls the address in the first 32 bytes with the rest, and fails where that
 * does. Whom it obeys is another wallet's matter; packages/contracts has one with an owner.
 */
const WALLET = '0x601a8060095f395ff3602036038060205f375f5f825f5f5f355af16018575f5ffd5b00'

test('a wallet that is a contract, by approve and deposit: booked, spent, capped, paid out like any other', async () => {
  const { chain, database } = world
  const { settlement, token } = chain
  const { contractAddress } = await ask(sendTransaction(chain.stranger, { data: WALLET }))
  const address = contractAddress as Address
  const act = (to: Address, abi: Abi, functionName: string, args: unknown[]) =>
    ask(
      sendTransaction(chain.stranger, {
        to: address,
        data: concat([pad(to), encodeFunctionData({ abi, functionName, args })]),
      }),
    )
  await ask(mintTestUsdc(chain.deployer, { token, to: address, amount: 1_000_000n }))
  await act(token, testUsdcAbi, 'approve', [settlement, 1_000_000n])
  await act(settlement, settlementAbi, 'deposit', [1_000_000n])
  await settled()
  // It has no key for a sign-in message: its session is made here, as whoever verifies it otherwise would.
  const { userId } = await database.createWallet(address)
  const owner: Person = {
    account: chain.customer.account as never,
    rpc: (name, args) => database.as({ role: 'authenticated', sub: userId }, ({ rpc }) => rpc(name, args)),
  }
  const money = () => owner.rpc<Balance & { dailyCap: string }>('my_balance')
  expect(await money()).toMatchObject({ deposited: '1000000', free: '1000000' })

  // What is left of the tests before is done first.
  await worker.work()
  await postTask(owner, 3)
  expect(await worker.work(2)).toBe(2)
  await act(settlement, settlementAbi, 'setDailyCap', [5_000n])
  await settled()
  expect(await money()).toMatchObject({ spent: '2000', held: '1000', free: '997000', dailyCap: '5000' })
  await expect(postTask(owner, 8)).rejects.toMatchObject({ code: 'OB096' })

  await act(settlement, settlementAbi, 'requestExit', [2n ** 200n])
  await turnOnce(world)
  expect(await money()).toMatchObject({ free: '0', exiting: '997000' })
  await expect(postTask(owner, 1)).rejects.toMatchObject({ code: 'OB095' })
  await settled()
  await increaseTime(world.anvil, { seconds: 130 })
  await mine(world.anvil, { blocks: 1 })
  await act(settlement, settlementAbi, 'withdraw', [])
  await settled()
  await settled()
  expect(await money()).toMatchObject({ free: '0', held: '0', spent: '2000', withdrawn: '998000' })
  expect(await readTokenBalance(chain.deployer, { token, owner: address })).toBe(998_000n)
})
