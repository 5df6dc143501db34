import {
  claim,
  deploySettlement,
  deployTestUsdc,
  deposit,
  mintTestUsdc,
  readCustomer,
  settlementTerms,
} from '@oblivion/contracts'
import { parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { getBlock, mine, revert, setBalance, snapshot } from 'viem/actions'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clientOf, rolesWith } from '../../../packages/contracts/tests/localChain.ts'
import { startAnvil } from '../../../packages/contracts/tests/startAnvil.ts'
import { createWorld, type Person, postTask, type Worker, type World } from './world/createWorld.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

let world: World
let customer: Person
let worker: Worker
const undo: Array<() => Promise<unknown>> = []

beforeEach(async () => {
  world = await createWorld()
  undo.push(world.end)
  const { chain } = world
  customer = await world.person(chain.customer.account as never)
  worker = await world.worker()
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 10_000_000n }))
  await world.finalize()
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const start = async () => {
  const coordinator = await runCoordinator(world.configuration)
  undo.push(coordinator.stop)
  return coordinator
}
type Running = Awaited<ReturnType<typeof start>>

const settles = (coordinator: Running) =>
  until('it settles', () => coordinator.health().settlement.state === 'settling' || null)
const halts = (coordinator: Running) =>
  until('it halts', () => (coordinator.health().settlement.state === 'halted' ? coordinator.health() : null))
const halted = () => world.ask<string | null>(`select oblivion.settlement_instance() ->> 'halted' as answer`)
const charged = () =>
  readCustomer(world.chain.deployer, {
    settlement: world.chain.settlement,
    customer: world.chain.customer.account.address,
  }).then((one) => one.charged)

/** Mines blocks and waits until some of them are booked. */
async function bookBlocks(coordinator: Running) {
  await mine(world.anvil, { blocks: 10 })
  const { number } = await getBlock(world.anvil, { blockTag: 'finalized' })
  await until('all is booked', () => coordinator.health().settlement.cursorBlock === Number(number) || null)
}

/** Halted for good: work is accepted meanwhile by the engine or not, but nothing of it reaches the chain or a voucher. */
async function paysNothing(coordinator: Running) {
  const { cursorBlock } = coordinator.health().settlement
  expect(coordinator.health()).toMatchObject({ status: 'degraded', settlement: { state: 'halted' } })
  await expect(postTask(customer, 1)).rejects.toMatchObject({ code: 'OB015' })
  expect(await worker.rpc('my_voucher')).toBeNull()
  expect(coordinator.said('settlement is halted: nothing is charged or vouched for')).toHaveLength(1)
  expect(cursorBlock).not.toBeNull()
}

test('M9: the chain was wiped: halted, and a new contract starts at zero without paying twice', async () => {
  const first = await start()
  await settles(first)
  await postTask(customer, 3)
  await worker.work(2)
  await until('two chunks are charged', async () => ((await charged()) === 2_000n ? true : null))
  await first.stop()

  await world.chain.stop()
  const wiped = await startAnvil([], Number(new URL(world.chain.rpcUrl).port))
  undo.push(wiped.stop)
  await mine(world.anvil, { blocks: 50 })
  const second = await start()
  const { settlement } = await halts(second)
  expect(settlement.reason).toMatch(/The chain (is another one|has another block)|There is no settlement contract/)
  expect(await halted()).toBe(settlement.reason)
  await paysNothing(second)

  // Whoever runs it deploys anew and opens another instance, as the local stack does at its start.
  const { settler } = world.chain
  const deployer = clientOf(world.chain.rpcUrl, privateKeyToAccount(generatePrivateKey()))
  await setBalance(world.anvil, { address: deployer.account.address, value: parseEther('1') })
  const token = await deployTestUsdc(deployer)
  const deployment = await deploySettlement(deployer, {
    token: token.address,
    roles: rolesWith(settler.address),
    terms: settlementTerms(world.chain.chainId),
  })
  await mine(world.anvil, { blocks: 2 })
  const genesis = await getBlock(world.anvil, { blockNumber: 0n })
  await world.ask('select oblivion.open_settlement_instance($1, $2, $3, $4, $5) as answer', [
    ...[31337, deployment.address, token.address, `0x${'77'.repeat(32)}`, String(deployment.blockNumber)],
  ])
  // A wrong genesis is told apart too, though block 0 of two fresh anvils is the same.
  await until(
    'it halts on the other genesis',
    () => second.health().settlement.reason?.includes('block 0 is not') || null,
  )
  await world.ask('select oblivion.open_settlement_instance($1, $2, $3, $4, $5) as answer', [
    ...[31337, deployment.address, token.address, genesis.hash, String(deployment.blockNumber)],
  ])
  await settles(second)
  await mine(world.anvil, { blocks: 2 })
  await until('it has compared the books of the new contract', () => second.health().settlement.reconciledBlock || null)
  // The two chunks that the lost chain was charged for stay with the closed instance.
  expect(
    await readCustomer(deployer, { settlement: deployment.address, customer: world.chain.customer.account.address }),
  ).toMatchObject({ escrow: 0n, charged: 0n, chargedFee: 0n })
  expect(await worker.rpc('my_voucher')).toBeNull()
})

test('the chain lost booked blocks: it says so and pays nothing', async () => {
  const id = await snapshot(world.anvil)
  const coordinator = await start()
  await settles(coordinator)
  await bookBlocks(coordinator)
  await coordinator.stop()
  await revert(world.anvil, { id })

  const second = await start()
  const { settlement } = await halts(second)
  expect(settlement.reason).toMatch(/has fallen behind the ledger: it has no block \d+/)
  await paysNothing(second)
})

test('other blocks where the ledger had booked: halted', async () => {
  const id = await snapshot(world.anvil)
  const coordinator = await start()
  await settles(coordinator)
  await bookBlocks(coordinator)
  await revert(world.anvil, { id })
  // In a running process too, and with a chain that has grown past the cursor again.
  await mine(world.anvil, { blocks: 20, interval: 7 })
  const { settlement } = await halts(coordinator)
  expect(settlement.reason).toMatch(/has (another block|fallen behind)/)
  await paysNothing(coordinator)
})

test('M8: a deposit that the chain does not know stops everything', async () => {
  const { cursorBlock } = await world.ask<{ cursorBlock: number }>('select oblivion.settlement_instance() as answer')
  const next = cursorBlock + 1
  const block = await getBlock(world.anvil, { blockNumber: BigInt(next) })
  await world.ask('select oblivion.record_chain_events($1, $2, $2, $3, $4) as answer', [
    ...[world.instanceId, next, block.hash],
    JSON.stringify([
      {
        ...{ kind: 'Deposited', customer: worker.account.address, amount: '999000000' },
        ...{ txHash: `0x${'ee'.repeat(32)}`, logIndex: 0, blockNumber: next, blockHash: block.hash },
      },
    ]),
  ])
  const coordinator = await start()
  const { settlement } = await halts(coordinator)
  expect(settlement.reason).toMatch(
    /differ at block \d+ .*escrow of all customers: 1009000000 in the ledger, 10000000 on the chain/,
  )
  await paysNothing(coordinator)
})

test('M6: a donation and a claim of one’s own between two turns stop nothing', async () => {
  const { chain } = world
  const coordinator = await start()
  await settles(coordinator)
  await chain.mined(await mintTestUsdc(chain.deployer, { token: chain.token, to: chain.settlement, amount: 7n }))
  await postTask(customer, 2)
  await worker.work()
  const voucher = await until('a voucher', async () => {
    await world.finalize()
    return worker.rpc<{ cumulative: string; signature: `0x${string}` } | null>('my_voucher')
  })
  await chain.mined(
    await claim(chain.stranger, {
      settlement: chain.settlement,
      provider: worker.account.address,
      cumulative: BigInt(voucher.cumulative),
      signature: voucher.signature,
    }),
  )
  await world.finalize()
  const head = Number((await getBlock(world.anvil, { blockTag: 'finalized' })).number)
  await until(
    'the books are equal at the last final block',
    () => (coordinator.health().settlement.reconciledBlock ?? 0) >= head || null,
  )
  expect(coordinator.health().status).toBe('ok')
})

test('a halt lasts over restarts until somebody resumes it, and then it goes on', async () => {
  await world.ask(`select oblivion.halt_settlement($1, 'An operator looks into it.') as answer`, [world.instanceId])
  const first = await start()
  expect((await halts(first)).settlement.reason).toBe('An operator looks into it.')
  await first.stop()
  const second = await start()
  await halts(second)
  await world.ask('select oblivion.resume_settlement($1) as answer', [world.instanceId])
  await settles(second)
  await postTask(customer, 1)
  await worker.work()
  await until('the chunk is charged', async () => ((await charged()) === 1_000n ? true : null))
})
