import {
  deposit,
  mintTestUsdc,
  readCustomer,
  readProviderSettled,
  readTokenBalance,
  requestExit,
  settlementAbi,
  testUsdcAbi,
  type WriteClient,
} from '@oblivion/contracts'
import { type Hash, parseGwei } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import {
  dropTransaction,
  getBalance,
  getTransaction,
  getTransactionCount,
  increaseTime,
  mine,
  revert,
  sendTransaction,
  setAutomine,
  setNextBlockBaseFeePerGas,
  snapshot,
  writeContract,
} from 'viem/actions'
import { afterEach, expect, test } from 'vitest'
import { clientOf } from '../../../packages/contracts/tests/localChain.ts'
import { createWorld, type Person, postTask, type Worker, type World } from './world/createWorld.ts'
import { turnOnce } from './world/turnOnce.ts'

const undo: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const price = 20_000n
const reward = 19_000n

/** A world in which a customer has deposited, and `count` providers have done a chunk each. */
async function earned(count: number, terms: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld(terms)
  undo.push(world.end)
  const { chain } = world
  const customer = await world.person(chain.customer.account as never)
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 500_000_000n }))
  await world.finalize()
  await turnOnce(world)
  await postTask(customer, count, price)
  const workers: Worker[] = []
  for (let at = 0; at < count; at += 1) {
    const worker = await world.worker()
    expect(await worker.work(1)).toBe(1)
    workers.push(worker)
  }
  return { world, customer, workers }
}

/** Turns until what was charged is final and vouched for; each is a new process. */
async function vouched(world: World) {
  await turnOnce(world)
  await world.finalize()
  await turnOnce(world)
}

const settledOf = (world: World, worker: Worker) =>
  readProviderSettled(world.chain.deployer, {
    settlement: world.chain.settlement,
    provider: worker.account.address,
  })
const tokensOf = ({ chain }: World, worker: Worker) =>
  readTokenBalance(chain.deployer, { token: chain.token, owner: worker.account.address })
const chargedOf = async ({ chain }: World) =>
  (await readCustomer(chain.deployer, { settlement: chain.settlement, customer: chain.customer.account.address }))
    .charged
type Row = { nonce: number; kind: string; state: string; succeeded: boolean | null; tries: number; cancels: boolean }
const queue = (world: World) =>
  world.ask<Row[]>(`select coalesce(jsonb_agg(jsonb_build_object('nonce', r.nonce, 'kind', r.kind, 'state', r.state,
      'succeeded', r.succeeded, 'tries', t.tries, 'cancels', coalesce(m.cancels, false)) order by r.nonce), '[]') as answer
    from oblivion.relay_transactions r
    cross join lateral (select count(*) as tries from oblivion.relay_tries x where x.transaction_id = r.id) t
    left join oblivion.relay_tries m on m.transaction_id = r.id and m.try = r.mined_try`)
const used = (world: World) => getTransactionCount(world.anvil, { address: world.configuration.relayer.address })

test('who asks for a payout gets it without a unit of gas of its own, once, in one batch with what is to be charged', async () => {
  const { world, customer, workers } = await earned(3)
  const [asking, always, silent] = workers as [Worker, Worker, Worker]
  expect(await asking.rpc('request_payout')).toEqual({ minimum: '10000', asked: String(reward), from: null })
  expect(await always.rpc('set_payout_from', { p_from: '15000' })).toMatchObject({ asked: '0', from: '15000' })
  await vouched(world)
  // Something to charge beside it.
  await postTask(customer, 1, price)
  await silent.work(1)
  await turnOnce(world)
  expect(await Promise.all(workers.map((worker) => tokensOf(world, worker)))).toEqual([reward, reward, 0n])
  expect(await chargedOf(world)).toBe(4n * price)
  for (const worker of workers) expect(await getBalance(world.anvil, { address: worker.account.address })).toBe(0n)
  await world.finalize()
  for (const _ of [1, 2, 3]) await turnOnce(world)
  await world.finalize()
  expect((await turnOnce(world)).status.state).toBe('settling')
  expect((await queue(world)).map(({ kind }) => kind)).toEqual(['charge', 'settle'])
  expect(await asking.rpc('my_payout')).toEqual({ minimum: '10000', asked: '0', from: null })
  expect(await asking.rpc('my_earnings')).toMatchObject({ settled: String(reward), claimable: '0' })
  // An order of once is over, one of always is not, and nobody needs an order to claim.
  await postTask(customer, 2, price)
  for (const worker of [asking, always]) await worker.work(1)
  await vouched(world)
  await turnOnce(world)
  expect(await Promise.all(workers.map((worker) => tokensOf(world, worker)))).toEqual([reward, 2n * reward, 0n])
  expect(await silent.rpc('my_voucher')).toMatchObject({ claimable: String(2n * reward) })
})

test('M2: more customers are due than a batch has rows: who leaves comes first, then who waits longest, and all within a cadence', async () => {
  const world = await createWorld()
  undo.push(world.end)
  const { chain } = world
  const { settlement, token } = chain
  const worker = await world.worker()
  // What is not worth its gas is refused in words.
  await expect(worker.rpc('request_payout')).rejects.toMatchObject({ code: 'OB005' })
  for (const wrong of ['1', '9999', '-5', '1e9', 'x'])
    await expect(worker.rpc('set_payout_from', { p_from: wrong }), wrong).rejects.toMatchObject({ code: 'OB005' })

  const addressOf = (client: WriteClient) => client.account.address.toLowerCase()
  const clients = [chain.customer, chain.stranger, chain.guardian, chain.admin]
  const customers: Person[] = []
  for (const client of clients.sort((one, other) => (addressOf(one) < addressOf(other) ? -1 : 1))) {
    const { address } = client.account
    await chain.mined(await mintTestUsdc(chain.deployer, { token, to: address, amount: 1_000_000n }))
    await chain.mined(await deposit(client, { settlement, amount: 1_000_000n }))
    customers.push(await world.person(client.account as never))
  }
  const leaving = clients[3] as WriteClient
  const staying = customers.slice(0, 3)
  await world.finalize()
  await turnOnce(world)
  const spend = async (who: Person[]) => {
    for (const customer of who) await postTask(customer, 1, price)
    expect(await worker.work()).toBe(who.length)
  }
  const charged = (who: Person[]) =>
    Promise.all(
      who.map(
        async ({ account }) =>
          (await readCustomer(chain.deployer, { settlement, customer: account.address })).charged / price,
      ),
    )

  // Each turn is a new process, which charges as far as its first batch has room. No block is final meanwhile.
  await spend(customers)
  await turnOnce(world, null, { mostRows: 1 })
  await chain.mined(await requestExit(leaving, { settlement, amount: 1_000_000n }))
  await turnOnce(world, null, { mostRows: 1 })
  expect(await charged(customers)).toEqual([1n, 0n, 0n, 1n])
  for (const _ of [1, 2]) {
    await spend(staying)
    await turnOnce(world, null, { mostRows: 1 })
  }
  expect(await charged(staying)).toEqual([1n, 2n, 3n])

  // One process charges both who were due when it began, and what they and others spend meanwhile at its next cadence.
  const { length } = await queue(world)
  await turnOnce(world, null, { mostRows: 1, between: Array(3).fill(() => spend(staying)) })
  expect(await charged(staying)).toEqual([3n, 4n, 3n])
  expect(await queue(world)).toHaveLength(length + 2)
})

test('M15: the cap does not reach for all: each gets the same, and the rest as it refills', async () => {
  // A voucher grows by a fifth of it a day, so that no single provider takes the cap of all.
  const { world, workers } = await earned(7, { claimCap: 95_000n })
  for (const worker of workers) await worker.rpc('request_payout')
  await vouched(world)
  await turnOnce(world)
  const first = await Promise.all(workers.map((worker) => settledOf(world, worker)))
  for (const settled of first) expect([13_571n, 13_572n]).toContain(settled)
  await world.finalize()
  await turnOnce(world)
  // What is owed to each is less than what is sent for, so they wait or claim by themselves.
  expect((await queue(world)).map(({ kind }) => kind)).toEqual(['charge', 'claim'])
})

test('M8: a voucher grows by at most a fifth of the claim cap a day, whoever asks', async () => {
  const { world, workers } = await earned(1, { claimCap: 50_000n })
  await vouched(world)
  const [worker] = workers as [Worker]
  expect(await worker.rpc('my_voucher')).toMatchObject({ cumulative: '10000' })
  const store = (cumulative: number) =>
    world.ask(`select oblivion.store_voucher($1, $2, $3, $4, $5) as answer`, [
      ...[world.instanceId, worker.account.address, String(cumulative), `0x${'11'.repeat(65)}`],
      world.configuration.settler.address,
    ])
  await expect(store(10_500)).rejects.toMatchObject({ code: 'OB005', detail: expect.stringContaining('above_growth') })
  await world.ask(`with later as (update oblivion.vouchers set signed_at = signed_at - interval '12 hours' returning 1)
    select count(*) as answer from later`)
  await turnOnce(world)
  expect(Number((await worker.rpc<{ cumulative: string }>('my_voucher')).cumulative)).toBeGreaterThanOrEqual(15_000)
})

test('M15: a nonce stuck at fifty times the base fee: more is offered up to the ceiling, then the nonce is freed, and later all is paid once', async () => {
  const { world } = await earned(1)
  const { anvil } = world
  const maxFeePerGas = parseGwei('10')
  const block = async (baseFee: string) => {
    await setNextBlockBaseFeePerGas(anvil, { baseFeePerGas: parseGwei(baseFee) })
    await mine(anvil, { blocks: 1 })
  }
  await setAutomine(anvil, false)
  await block('1')
  await turnOnce(world, null, { maxFeePerGas })
  expect(await queue(world)).toMatchObject([{ nonce: 0, state: 'sending', tries: 1 }])
  // Each turn is a new process, some seconds later.
  const turn = async (laterMs: number) => {
    await block('50')
    return turnOnce(world, null, { maxFeePerGas, laterMs })
  }
  await turn(1_000)
  expect(await queue(world)).toMatchObject([{ tries: 1 }])
  await turn(6_000)
  expect(await queue(world)).toMatchObject([{ tries: 2, state: 'sending' }])
  await turn(12_000)
  await turn(13_000)
  await turn(14_000)
  expect(await queue(world)).toMatchObject([{ nonce: 0, tries: 3, cancels: true, state: 'mined', succeeded: true }])
  const fees = await world.ask<string[]>(
    `select jsonb_agg(max_fee_per_gas::text order by try) as answer from oblivion.relay_tries`,
  )
  expect(fees.map(BigInt).slice(0, 2)).toEqual([parseGwei('3'), maxFeePerGas])
  // Freed, and nothing new is sent while gas costs more than the ceiling.
  expect([await used(world), await chargedOf(world)]).toEqual([1, 0n])
  await block('1')
  await turnOnce(world, null, { maxFeePerGas, laterMs: 20_000 })
  await block('1')
  await turnOnce(world, null, { maxFeePerGas, laterMs: 21_000 })
  expect([await used(world), await chargedOf(world)]).toEqual([2, price])
  expect(await queue(world)).toMatchObject([{ nonce: 0 }, { nonce: 1, tries: 1, state: 'mined', succeeded: true }])
})

test('a reorganised batch is sent again as the same transaction, under the same nonce', async () => {
  const { world, workers } = await earned(1)
  const before = await snapshot(world.anvil)
  await workers[0]?.rpc('request_payout')
  await turnOnce(world)
  await turnOnce(world)
  expect(await queue(world)).toMatchObject([{ nonce: 0, state: 'mined' }])
  await revert(world.anvil, { id: before })
  await mine(world.anvil, { blocks: 1, interval: 5 })
  expect(await chargedOf(world)).toBe(0n)
  await turnOnce(world)
  await world.finalize()
  await turnOnce(world)
  await turnOnce(world)
  await world.finalize()
  await turnOnce(world)
  expect(await queue(world)).toMatchObject([
    { nonce: 0, kind: 'charge', state: 'final', tries: 1 },
    { nonce: 1, kind: 'claim', state: 'final', tries: 1 },
  ])
  expect([await used(world), await chargedOf(world)]).toEqual([2, price])
  expect(await tokensOf(world, workers[0] as Worker)).toBe(reward)
})

test('a nonce that went to somebody else is given up once that is final, and the rows go under the next one', async () => {
  const { world } = await earned(1)
  await setAutomine(world.anvil, false)
  await turnOnce(world)
  const hash = await world.ask<Hash>('select tx_hash as answer from oblivion.relay_tries')
  expect((await getTransaction(world.anvil, { hash })).nonce).toBe(0)
  await dropTransaction(world.anvil, { hash })
  await setAutomine(world.anvil, true)
  const thief = clientOf(world.chain.rpcUrl, world.configuration.relayer)
  await sendTransaction(thief, { to: world.chain.stranger.account.address, value: 1n, nonce: 0 })
  await turnOnce(world)
  expect(await queue(world)).toMatchObject([{ nonce: 0, state: 'sending' }])
  await world.finalize()
  await turnOnce(world)
  await turnOnce(world)
  expect(await queue(world)).toMatchObject([
    { nonce: 0, state: 'lost' },
    { nonce: 1, succeeded: true },
  ])
  expect(await chargedOf(world)).toBe(price)
})

test('after a settler was revoked and another took its place, every voucher is signed anew and pays', async () => {
  const { world, workers } = await earned(2)
  const { chain } = world
  const [first, second] = workers as [Worker, Worker]
  await vouched(world)
  const old = await first.rpc<{ signature: Hash }>('my_voucher')
  const steward = (
    who: typeof chain.guardian,
    functionName: 'revokeSettler' | 'propose' | 'execute',
    args: unknown[],
  ) =>
    writeContract(who, { address: chain.settlement, abi: settlementAbi, functionName, args } as never).then(chain.mined)
  await steward(chain.guardian, 'revokeSettler', [])
  const settler = privateKeyToAccount(generatePrivateKey())
  const SETTLER = 0
  await steward(chain.admin, 'propose', [SETTLER, BigInt(settler.address)])
  await increaseTime(world.anvil, { seconds: 3 * 86_400 })
  await mine(world.anvil, { blocks: 1 })
  await steward(chain.admin, 'execute', [SETTLER])
  await world.finalize()
  await first.rpc('request_payout')
  await second.rpc('request_payout')
  for (const _ of [1, 2]) await turnOnce(world, null, { settler })
  const fresh = await first.rpc<{ signature: Hash; cumulative: string }>('my_voucher')
  expect(fresh.signature).not.toBe(old.signature)
  expect(fresh.cumulative).toBe(String(reward))
  expect(await Promise.all(workers.map((worker) => tokensOf(world, worker)))).toEqual([reward, reward])
})

test('a batch of a revoked settler is cancelled instead of replaced', async () => {
  const { world } = await earned(1)
  const { chain, anvil } = world
  await setAutomine(anvil, false)
  await turnOnce(world)
  const hash = await world.ask<Hash>('select tx_hash as answer from oblivion.relay_tries')
  await dropTransaction(anvil, { hash })
  await setAutomine(anvil, true)
  const revokes = { address: chain.settlement, abi: settlementAbi, functionName: 'revokeSettler' }
  await chain.mined(await writeContract(chain.guardian, revokes as never))
  await setAutomine(anvil, false)
  // Halted by now, which hinders nothing that the settler does not sign.
  expect((await turnOnce(world)).status.state).toBe('keyless')
  await turnOnce(world, null, { laterMs: 6_000 })
  await mine(anvil, { blocks: 1 })
  await turnOnce(world, null, { laterMs: 7_000 })
  expect(await queue(world)).toMatchObject([{ nonce: 0, tries: 2, cancels: true, state: 'mined' }])
  expect(await chargedOf(world)).toBe(0n)
})

test('M15: payees that the token refuses fill no batch but one a day, and are paid later', async () => {
  const { world, workers } = await earned(2)
  const { chain } = world
  // Who comes first by address is refused, in batches of one row.
  workers.sort((one, other) => (one.account.address.toLowerCase() < other.account.address.toLowerCase() ? -1 : 1))
  const [refused] = workers as [Worker, Worker]
  for (const worker of workers) await worker.rpc('request_payout')
  const bar = (functionName: 'blacklist' | 'unBlacklist') =>
    writeContract(chain.deployer, {
      ...{ address: chain.token, abi: testUsdcAbi, functionName, args: [refused.account.address] },
    }).then(chain.mined)
  const paid = () => Promise.all(workers.map((worker) => tokensOf(world, worker)))
  await bar('blacklist')
  await vouched(world)
  for (const tokens of [
    [0n, 0n],
    [0n, reward],
  ]) {
    await turnOnce(world, null, { mostRows: 1 })
    expect(await paid()).toEqual(tokens)
  }
  // Nothing is sent while nobody else is due, final or not.
  await turnOnce(world, null, { mostRows: 1 })
  await world.finalize()
  for (const _ of [1, 2]) await turnOnce(world, null, { mostRows: 1 })
  expect((await queue(world)).map(({ kind, state }) => [kind, state])).toEqual([
    ['charge', 'final'],
    ['claim', 'final'],
    ['claim', 'final'],
  ])
  // Of a batch that was cancelled no row was tried.
  const due = async () =>
    (await world.ask<{ vouchers: unknown[] }>('select oblivion.payouts_due($1) as answer', [world.instanceId])).vouchers
  const cancel = (cancels: boolean) => world.database.query('update oblivion.relay_tries set cancels = $1', [cancels])
  expect(await due()).toHaveLength(0)
  await cancel(true)
  expect(await due()).toHaveLength(1)
  await cancel(false)

  await bar('unBlacklist')
  await world.database.query(`update oblivion.relay_transactions set opened_at = opened_at - interval '1 day'`)
  await turnOnce(world, null, { mostRows: 1 })
  expect(await paid()).toEqual([reward, reward])
})
