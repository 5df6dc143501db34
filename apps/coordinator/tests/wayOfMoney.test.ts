import { claim, deposit, readCounters, readTokenBalance } from '@oblivion/contracts'
import { parseEther } from 'viem'
import { setBalance } from 'viem/actions'
import { afterEach, expect, test } from 'vitest'
import { clientOf } from '../../../packages/contracts/tests/localChain.ts'
import { createWorld, type Person, postTask, type World } from './world/createWorld.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

const undo: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

type Voucher = {
  cumulative: string
  claimable: string
  settled: string
  signature: `0x${string}`
  provider: `0x${string}`
}
type Earnings = { total: string; pending: string; claimable: string; settled: string }

const balance = (person: Person) =>
  person.rpc<{ free: string; held: string; spent: string; deposited: string }>('my_balance')
const earnings = (person: Person) => person.rpc<Earnings>('my_earnings')
const voucherOf = (person: Person) => person.rpc<Voucher | null>('my_voucher')

/** Mines until `ask` answers: the chain is final only as far as somebody mines. */
const untilFinal = <T>(world: World, what: string, ask: () => Promise<T | null>) =>
  until(what, async () => {
    await world.finalize()
    return ask()
  })

test('deposit, accepted chunks, charge, voucher, claim: chain and ledger are equal to the unit', async () => {
  const world = await createWorld()
  undo.push(world.end)
  const { chain } = world
  const coordinator = await runCoordinator(world.configuration)
  undo.push(coordinator.stop)

  const customer = await world.person(chain.customer.account as never)
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 5_000_000n }))
  await untilFinal(world, 'the deposit is booked', async () =>
    (await balance(customer)).free === '5000000' ? true : null,
  )

  // At 999 a chunk the fee has to be rounded, and the same way on both sides.
  const taskId = await postTask(customer, 7, 999n)
  const { feeBps } = await customer.rpc<{ feeBps: number }>('get_task', { p_task_id: taskId })
  const workers = [await world.worker(), await world.worker()]
  let finished = 0
  while (finished < 7) for (const worker of workers) finished += await worker.work(1)

  const spent = 7n * 999n
  const fee = (spent * BigInt(feeBps)) / 10_000n
  const earned = await Promise.all(workers.map(async (worker) => BigInt((await earnings(worker)).total)))
  expect(earned.reduce((sum, part) => sum + part, 0n)).toBe(spent - fee)

  const vouchers = await Promise.all(
    workers.map((worker, index) =>
      untilFinal(world, 'a voucher over all earnings', async () => {
        const voucher = await voucherOf(worker)
        return voucher?.cumulative === String(earned[index]) ? voucher : null
      }),
    ),
  )
  expect(await readCounters(chain.deployer, { settlement: chain.settlement })).toEqual({
    totalEscrow: 5_000_000n - spent,
    pool: spent - fee,
    fees: fee,
    balance: 5_000_000n,
  })

  for (const [index, worker] of workers.entries()) {
    const { signature, provider, cumulative } = vouchers[index] as Voucher
    await setBalance(world.anvil, { address: worker.account.address, value: parseEther('1') })
    const wallet = clientOf(chain.rpcUrl, worker.account)
    await chain.mined(
      await claim(wallet, { settlement: chain.settlement, provider, cumulative: BigInt(cumulative), signature }),
    )
    expect(await readTokenBalance(wallet, { token: chain.token, owner: worker.account.address })).toBe(earned[index])
  }
  for (const [index, worker] of workers.entries()) {
    const settled = String(earned[index])
    await untilFinal(world, 'the claim is booked', async () =>
      (await earnings(worker)).settled === settled ? true : null,
    )
    expect(await earnings(worker)).toMatchObject({ total: settled, pending: '0', claimable: '0', settled })
  }
  expect(await balance(customer)).toMatchObject({
    free: String(5_000_000n - spent),
    held: '0',
    spent: String(spent),
    deposited: '5000000',
  })
  const cursor = coordinator.health().settlement.cursorBlock
  await untilFinal(world, 'a later block is reconciled', async () =>
    (coordinator.health().settlement.reconciledBlock ?? 0) > (cursor ?? 0) ? true : null,
  )
  const state = await world.ask<Record<string, string>>('select oblivion.ledger_state($1) as answer', [
    world.instanceId,
  ])
  expect(state).toMatchObject({ escrow: String(5_000_000n - spent), pool: '0', fees: String(fee), total: '0' })
  expect(coordinator.health()).toMatchObject({ status: 'ok', settlement: { state: 'settling', finalityLag: 0 } })
  expect(coordinator.lines.filter(({ level }) => level >= 50)).toEqual([])
})
