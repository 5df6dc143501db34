import { claim, deposit, readCustomer, readProviderSettled, readTokenBalance } from '@oblivion/contracts'
import { custom, http, type Transport } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { createChain } from '../src/chain/createChain.ts'
import { createEngine, type Engine } from '../src/database/createEngine.ts'
import { createSettlingLock } from '../src/database/settlingLock.ts'
import { watchPart } from '../src/health/watchPart.ts'
import { createLogger } from '../src/log/createLogger.ts'
import { sleep } from '../src/loop/sleep.ts'
import { createSettlement } from '../src/settlement/createSettlement.ts'
import { createWorld, postTask, type World } from './world/createWorld.ts'

const undo: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** The power cut. */
class Cut extends Error {}

/** Cuts the power before or after the n-th thing that leaves the process; counts on without a cut where n is null. */
function createFuse(at: { step: number; when: 'before' | 'after' } | null) {
  let step = 0
  let dead = false
  return {
    get steps() {
      return step
    },
    async through<T>(act: () => Promise<T>): Promise<T> {
      // Whatever still runs beside the step that was cut dies with it.
      if (dead) throw new Cut()
      step += 1
      const mine = step
      if (at?.step === mine && at.when === 'before') dead = true
      if (dead) throw new Cut()
      const answer = await act()
      if (at?.step === mine && at.when === 'after') dead = true
      if (dead) throw new Cut()
      return answer
    },
  }
}

/** A coordinator's settlement that dies where the fuse says: as a process, it keeps nothing for the next one. */
async function turnUntil(world: World, at: Parameters<typeof createFuse>[0]) {
  const fuse = createFuse(at)
  const watch = (part: 'database' | 'chain') => watchPart({ part, now: Date.now, onChange: () => undefined })
  const { databaseUrl, rpcUrl, settler, relayer, contractAddress } = world.configuration
  const engine: Engine = createEngine({ databaseUrl, watch: watch('database') })
  const lock = createSettlingLock({ databaseUrl, watch: watch('database') })
  const transport: Transport = (config) => {
    const inner = http(rpcUrl, { retryCount: 0 })(config)
    const provider = { request: (args: never) => fuse.through(() => inner.request(args)) }
    return custom(provider, { retryCount: 0 })(config)
  }
  const settlement = createSettlement({
    engine: { ...engine, call: (name, args) => fuse.through(() => engine.call(name, args)) },
    lock,
    chain: createChain({ transport, pollingMs: 10 }),
    ...{ settler, relayer, contractAddress },
    now: Date.now,
    sleep,
    log: createLogger('silent'),
  })
  let cut = false
  try {
    await settlement.turn(new AbortController().signal)
  } catch (error) {
    if (at === null) throw error
    cut = true
  } finally {
    await lock.release()
    await engine.close()
  }
  return { cut, steps: fuse.steps, status: settlement.status }
}

test('killed before and after each step that leaves the process, it charges and vouches exactly once', {
  timeout: 240_000,
}, async () => {
  const world = await createWorld()
  undo.push(world.end)
  const { chain } = world
  const price = 1_000n
  const customer = await world.person(chain.customer.account as never)
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 500_000_000n }))
  await world.finalize()
  await turnUntil(world, null)

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
  await turnUntil(world, null)
  await prepare()
  const { steps } = await turnUntil(world, null)
  expect(steps).toBeGreaterThan(20)

  let cuts = 0
  for (let step = 1; step <= steps; step += 1) {
    for (const when of ['before', 'after'] as const) {
      await prepare()
      const outcome = await turnUntil(world, { step, when })
      if (outcome.cut) cuts += 1
    }
  }
  expect(cuts).toBeGreaterThanOrEqual(2 * steps - 4)

  // Let it finish in peace: what is charged becomes final, what is final is vouched for.
  for (const _ of [1, 2]) {
    await world.finalize()
    expect((await turnUntil(world, null)).status.state).toBe('settling')
  }
  const accepted = await world.ask<string>('select count(*) as answer from oblivion.receipts')
  const spent = BigInt(accepted) * price
  const reward = await world.ask<string>('select sum(reward) as answer from oblivion.receipts')
  expect(
    await readCustomer(chain.deployer, { settlement: chain.settlement, customer: chain.customer.account.address }),
  ).toEqual({
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
  const last = await turnUntil(world, null)
  expect(last.status).toMatchObject({
    state: 'settling',
    reconciledBlock: (last.status as { cursorBlock: bigint }).cursorBlock,
  })
  const doubles = await world.ask<string>(
    `select count(*) as answer from (
       select 1 from oblivion.chain_events group by tx_hash, log_index having count(*) > 1) twice`,
  )
  expect(doubles).toBe('0')
})
