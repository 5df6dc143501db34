import { claim, deposit, readCustomer, readProviderSettled, readTokenBalance } from '@oblivion/contracts'
import { getTransactionCount } from 'viem/actions'
import { afterEach, expect, test } from 'vitest'
import { createWorld, postTask } from './world/createWorld.ts'
import { turnOnce } from './world/turnOnce.ts'

const undo: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

test('killed before and after each step that leaves the process, it charges and vouches exactly once', async () => {
  const world = await createWorld()
  undo.push(world.end)
  const { chain } = world
  const price = 1_000n
  const customer = await world.person(chain.customer.account as never)
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 500_000_000n }))
  await world.finalize()
  await turnOnce(world)
  // What it did last is never final here, so that each turn reads it and notes what it sees.
  await world.database.query('update oblivion.chain_customers set open_block = 1000000000')

  const taskId = await postTask(customer, 400, price)
  const { feeBps } = await customer.rpc<{ feeBps: number }>('get_task', { p_task_id: taskId })
  const worker = await world.worker()

  // A turn in which everything is there to do: a charge to confirm and a voucher to sign from the last round, a new
  // chunk to charge. It says how many steps a whole turn has.
  const prepare = async () => {
    expect(await worker.work(1)).toBe(1)
    await world.finalize()
  }
  await prepare()
  await turnOnce(world)
  await prepare()
  const { steps } = await turnOnce(world)
  expect(steps).toBeGreaterThan(20)

  let cuts = 0
  for (let step = 1; step <= steps; step += 1) {
    for (const when of ['before', 'after'] as const) {
      await prepare()
      const outcome = await turnOnce(world, { step, when })
      if (outcome.cut) cuts += 1
    }
  }
  expect(cuts).toBeGreaterThanOrEqual(2 * steps - 4)

  // Let it finish in peace: what is charged becomes final, what is final is vouched for.
  for (const _ of [1, 2]) {
    await world.finalize()
    expect((await turnOnce(world)).status.state).toBe('settling')
  }
  const accepted = await world.ask<string>('select count(*) as answer from oblivion.receipts')
  const spent = BigInt(accepted) * price
  const reward = await world.ask<string>('select sum(price - fee) as answer from oblivion.receipts')
  expect(
    await readCustomer(chain.deployer, { settlement: chain.settlement, customer: chain.customer.account.address }),
  ).toMatchObject({
    escrow: 500_000_000n - spent,
    charged: spent,
    chargedFee: spent - BigInt(reward),
  })
  expect(feeBps).toBeGreaterThan(0)
  const voucher = await worker.rpc<{ cumulative: string; signature: `0x${string}` }>('my_voucher')
  expect(voucher.cumulative).toBe(reward)
  const provider = worker.account.address
  await chain.mined(
    await claim(chain.stranger, {
      settlement: chain.settlement,
      provider,
      cumulative: BigInt(voucher.cumulative),
      signature: voucher.signature,
    }),
  )
  expect(await readTokenBalance(chain.deployer, { token: chain.token, owner: provider })).toBe(BigInt(reward))
  expect(await readProviderSettled(chain.deployer, { settlement: chain.settlement, provider })).toBe(BigInt(reward))
  await world.finalize()
  const last = await turnOnce(world)
  expect(last.status).toMatchObject({
    state: 'settling',
    reconciledBlock: (last.status as { cursorBlock: bigint }).cursorBlock,
  })
  // Every nonce that the chain knows of the relayer is one kept row, and none was used for the same thing again.
  const { address } = world.configuration.relayer
  const used = await getTransactionCount(world.anvil, { address })
  expect(
    await world.ask(
      `select jsonb_build_object('rows', count(*), 'bodies', count(distinct charges), 'states', (
      select jsonb_agg(distinct state) from oblivion.relay_transactions where nonce < $1 - 1)) as answer
      from oblivion.relay_transactions where relayer = lower($2)`,
      [used, address],
    ),
  ).toEqual({ rows: used, bodies: used, states: ['final'] })
  const doubles = await world.ask<string>(
    `select count(*) as answer from (
       select 1 from oblivion.chain_events group by tx_hash, log_index having count(*) > 1) twice`,
  )
  expect(doubles).toBe('0')
})

test('a charge that waits for finality is not sent again', async () => {
  const world = await createWorld()
  undo.push(world.end)
  const { chain } = world
  const customer = await world.person(chain.customer.account as never)
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 1_000_000n }))
  await world.finalize()
  await turnOnce(world)
  await postTask(customer, 1)
  await (await world.worker()).work()
  // Nothing becomes final in between; each turn is a new process, which may charge at once.
  for (const _ of [1, 2, 3]) await turnOnce(world)
  const { address } = world.configuration.relayer
  expect(await getTransactionCount(world.anvil, { address })).toBe(1)
})
