import { claim, deposit, readCustomer, readProviderSettled, readTokenBalance } from '@oblivion/contracts'
import { erc20Abi, type Hex, recoverTransactionAddress, type TransactionSerialized } from 'viem'
import {
  getBlock,
  getTransactionCount,
  mine,
  revert,
  sendRawTransaction,
  setAutomine,
  snapshot,
  writeContract,
} from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HealthReport } from '../src/health/healthReport.ts'
import { createWorld, type Person, postTask, type Worker, type World } from './world/createWorld.ts'
import { forkCoordinator } from './world/forkCoordinator.ts'
import { turnOnce } from './world/turnOnce.ts'
import { until } from './world/until.ts'

/**
 * The coordinator's process is killed at a random moment, and the chain reorganised: while it is dead, or just before, so
 * that it dies looking at blocks that are gone. `pnpm test:deep` does it 64 times, once with each depth from 64 blocks to 1.
 */
const ROUNDS = Number(process.env.DRILL_ROUNDS ?? '2')
const SEED = Number(process.env.DRILL_SEED ?? '20261129')
/** Blocks above the last final one: no reorganisation goes deeper, and this anvil calls none final before. */
const REORGANISABLE = 64

let world: World
let customer: Person
let worker: Worker
const random = mulberry(SEED)
const price = 20_000n
/** Transactions that were in blocks that are gone, and how many of them were the relayer's. */
const lost = { all: 0, batches: 0 }

beforeAll(async () => {
  world = await createWorld({}, ['--slots-in-an-epoch', String(REORGANISABLE / 2)])
  customer = await world.person(world.chain.customer.account as never)
  worker = await world.worker()
  // Once for all: a deposit that comes again would use up the allowance of the next one.
  const { chain } = world
  const approve = { address: chain.token, abi: erc20Abi, functionName: 'approve' } as const
  await chain.mined(await writeContract(chain.customer, { ...approve, args: [chain.settlement, 2n ** 200n] }))
  // From here on blocks are made below and nowhere else: anvil's snapshot of a moment in which it makes one is torn.
  await setAutomine(world.anvil, false)
  await pay(100_000_000n)
  await final()
  await turnOnce(world)
  await worker.rpc('set_payout_from', { p_from: '10000' })
})
afterAll(() => world?.end())

/** A small generator with a seed, so that a failure can be repeated. */
function mulberry(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const final = () => mine(world.anvil, { blocks: REORGANISABLE + 1 })
const pay = async (amount: bigint) => {
  const hash = await deposit(world.chain.customer, { settlement: world.chain.settlement, amount })
  await mine(world.anvil, { blocks: 1 })
  await world.chain.mined(hash)
}

/** Where the chain can be taken back to. */
const marks: Array<{ id: Hex; number: number }> = []
const height = async () => Number((await getBlock(world.anvil, { blockTag: 'latest' })).number)

/** One chunk is done, some blocks are made, a deposit comes now and then. */
async function live(pays = false) {
  marks.push({ number: await height(), id: await snapshot(world.anvil) })
  if ((await worker.work(1)) === 0) await postTask(customer, 100, price)
  if (pays || random(6) === 0) await pay(BigInt(1 + random(1_000)))
  await mine(world.anvil, { blocks: 1 + random(3) })
}

/**
 * Replaces the last `depth` blocks. Some of their transactions come again by themselves, as from the memory of other nodes.
 */
async function reorganise(depth: number): Promise<void> {
  const { anvil } = world
  const before = await height()
  let mark = marks.findIndex((one) => before - one.number <= depth)
  if (mark < 0) mark = marks.push({ number: before, id: await snapshot(anvil) }) - 1
  const to = marks[mark]
  if (to === undefined) throw new Error('there is no mark')
  // As many blocks as were asked for.
  const missing = depth - (before - to.number)
  if (missing > 0) await mine(anvil, { blocks: missing })
  const number = to.number + depth
  const gone: Hex[] = []
  for (let at = to.number + 1; at <= number; at += 1) {
    const { transactions } = await getBlock(anvil, { blockNumber: BigInt(at) })
    for (const hash of transactions) {
      gone.push(await anvil.request({ method: 'eth_getRawTransactionByHash', params: [hash] } as never))
    }
  }
  await revert(anvil, { id: to.id })
  marks.splice(mark)
  // Of other times, so that none of them is the block that it replaces.
  await mine(anvil, { blocks: depth, interval: 2 })
  for (const raw of gone) {
    if (random(2) === 0) await sendRawTransaction(anvil, { serializedTransaction: raw }).catch(() => undefined)
  }
  lost.all += gone.length
  for (const raw of gone) {
    const from = await recoverTransactionAddress({ serializedTransaction: raw as TransactionSerialized })
    if (from === world.configuration.relayer.address) lost.batches += 1
  }
}

test(`killed ${ROUNDS} times, with reorganisations of up to 64 blocks: the ledger equals the chain, nothing is paid twice or lost`, {
  timeout: 60_000 + ROUNDS * 30_000,
}, async () => {
  const report = async (port: number | null) =>
    (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as HealthReport
  for (let round = 0; round < ROUNDS; round += 1) {
    // The deepest first.
    const depth = ROUNDS >= 8 ? 64 - (round % 64) : 8 + random(57)
    // What happened before is final; what this round's process sends may be lost.
    await final()
    marks.length = 0
    const { child, port, ended } = await forkCoordinator(world)
    expect(port).not.toBeNull()
    // Killed by the clock, in whatever it does. What happens around it stands still while the chain is reorganised.
    const timer = setTimeout(() => child.kill('SIGKILL'), 200 + random(2_800))
    const dying = random(2) === 0 ? random(8) : -1
    for (let step = 0; child.exitCode === null && child.signalCode === null; step += 1) {
      if (step === dying) await reorganise(depth)
      await live()
    }
    clearTimeout(timer)
    expect(await world.ask(`select oblivion.settlement_instance() ->> 'halted' as answer`), `depth ${depth}`).toBeNull()
    expect(await ended).toBeNull()
    // So that there is something to lose in every round.
    await live(true)
    await reorganise(depth)
  }
  expect(lost.all).toBeGreaterThan(0)
  // Two rounds may have none.
  if (ROUNDS > 8) expect(lost.batches).toBeGreaterThan(0)

  const { child, port } = await forkCoordinator(world)
  try {
    await until(
      'everything is charged, final, vouched for and paid',
      async () => {
        await final()
        const left = await world.ask<Record<string, number>>(
          `select jsonb_build_object(
        'uncharged', (select count(*) from oblivion.receipts where charge_id is null),
        'unconfirmed', (select count(*) from oblivion.charges where confirmed_at is null),
        'open', (select count(*) from oblivion.relay_transactions where ended_at is null and state = 'sending'),
        'unvouched', (select sum(t.confirmed) - coalesce((select sum(cumulative) from oblivion.vouchers), 0)
          from oblivion.payee_totals t),
        'due', (select jsonb_array_length(oblivion.payouts_due($1) -> 'vouchers'))) as answer`,
          [world.instanceId],
        )
        return Object.values(left).every((count) => Number(count) === 0) || null
      },
      60_000,
    )
    await until('the books are equal at the last final block', async () => {
      const health = await report(port)
      return health.status === 'ok' && health.settlement.reconciledBlock === health.settlement.finalizedBlock
        ? true
        : null
    })
  } finally {
    child.kill('SIGKILL')
  }

  await setAutomine(world.anvil, true)
  // Paid once, to the unit: what is left below the least payout the provider claims itself.
  const { chain } = world
  const provider = worker.account.address
  const receipts = await world.ask<{ count: number; price: string; reward: string }>(
    `select jsonb_build_object('count', count(*), 'price', sum(price)::text, 'reward', sum(price - fee)::text) as answer
       from oblivion.receipts`,
  )
  const settled = await readProviderSettled(chain.deployer, { settlement: chain.settlement, provider })
  if (settled < BigInt(receipts.reward)) {
    const voucher = await worker.rpc<{ cumulative: string; signature: Hex }>('my_voucher')
    const args = { settlement: chain.settlement, provider, cumulative: BigInt(voucher.cumulative) }
    await chain.mined(await claim(chain.stranger, { ...args, signature: voucher.signature }))
  }
  expect(receipts.count).toBeGreaterThan(ROUNDS)
  expect(await readTokenBalance(chain.deployer, { token: chain.token, owner: provider })).toBe(BigInt(receipts.reward))
  const on = await readCustomer(chain.deployer, { settlement: chain.settlement, customer: customer.account.address })
  expect(on.charged).toBe(BigInt(receipts.price))

  // A nonce, a kept row: none that the chain used is missing, and totals grow from one to the next, so that no batch went
  // out again under another nonce.
  const used = await getTransactionCount(world.anvil, { address: world.configuration.relayer.address })
  const rows = await world.ask<Array<{ nonce: number; total: string; state: string; tries: number }>>(
    `select jsonb_agg(jsonb_build_object('nonce', r.nonce, 'state', r.state, 'total',
        (coalesce((r.charges -> 0 ->> 'cumulative')::bigint, 0) + coalesce((r.vouchers -> 0 ->> 'cumulative')::bigint, 0))::text,
        'kind', r.kind) order by r.nonce) as answer
       from oblivion.relay_transactions r`,
  )
  expect(rows.map(({ nonce }) => nonce)).toEqual(Array.from({ length: used }, (_, nonce) => nonce))
  const bodies = await world.ask<number>(
    `select count(distinct (charges, vouchers))::int as answer from oblivion.relay_transactions`,
  )
  expect(bodies).toBe(rows.length)
  await final()
  for (const _ of [1, 2]) {
    const { status, alarms } = await turnOnce(world)
    expect([status.state, alarms]).toEqual(['settling', []])
    await final()
  }
})
