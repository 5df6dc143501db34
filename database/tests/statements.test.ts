import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/* Statements: every entry of an account once, newest first, with what it is about, and together its balance to the unit. */

type Row = { at: string; kind: string; amount: string; [link: string]: unknown }
type Statement = { account: string; asset: string; balance: string; rows: Row[]; next: string | null }

let engine: Engine
let customer: Wallet
let provider: Wallet
let node: Node
let first: string
let second: string

const statement = (wallet: Wallet, account: string, more: Record<string, unknown> = {}) =>
  wallet.rpc<Statement>('my_statement', { p_account: account, ...more })
/** All pages of two rows each. */
const all = async (wallet: Wallet, account: string, more: Record<string, unknown> = {}) => {
  const rows: Row[] = []
  for (let after: string | null = null, pages = 0; pages < 100; pages += 1) {
    const page: Statement = await statement(wallet, account, { p_limit: 2, p_after: after, ...more })
    rows.push(...page.rows)
    if (page.next === null) return { rows, balance: page.balance }
    expect(page.rows).toHaveLength(2)
    after = page.next
  }
  throw new Error('No end.')
}
const sum = (rows: Row[]) => String(rows.reduce((total, { amount }) => total + BigInt(amount), 0n))

beforeAll(async () => {
  engine = await createEngine()
  customer = await engine.wallet(addressOf(1))
  provider = await engine.wallet(addressOf(2))
  node = await engine.node(addressOf(2))
  await engine.deposit(addressOf(1), 10_000n)
  first = await engine.task(customer, 3, { title: 'First', budget: '3500' })
  let { job } = await node.cycle()
  while (job !== null) ({ job } = await node.cycle(done(job)))
  await engine.coordinator('charges_due', [engine.instanceId])
  const charge = { cumulative: '3000', cumulativeFee: '150', amount: '3000', fee: '150' }
  await engine.chain([{ kind: 'Charged', customer: addressOf(1), ...charge }])
  await engine.coordinator('store_voucher', [engine.instanceId, addressOf(2), '2850', `0x${'11'.repeat(65)}`])
  const claim = { cumulative: '2000', amount: '2000' }
  await engine.chain([{ kind: 'Claimed', provider: addressOf(2), payee: addressOf(2), ...claim }])
  second = await engine.task(customer, 2, { title: 'Second' })
  ;({ job } = await node.cycle())
  if (job === null) throw new Error('No job.')
  await node.cycle(done(job), false)
  await customer.rpc('cancel_task', { p_task_id: second })
  await engine.chain([{ kind: 'Withdrawn', customer: addressOf(1), amount: '500' }])
})
afterAll(() => engine.drop())

test('what is free: deposits, budgets held and given back, withdrawals, each with its link', async () => {
  const { rows, balance } = await all(customer, 'free')
  expect(rows).toMatchObject([
    { kind: 'withdraw', amount: '-500', txHash: expect.stringMatching(/^0x[0-9a-f]{64}$/), logIndex: 0 },
    { kind: 'refund', amount: '1000', taskId: second, title: 'Second' },
    { kind: 'hold', amount: '-2000', taskId: second, title: 'Second' },
    { kind: 'refund', amount: '500', taskId: first, title: 'First' },
    { kind: 'hold', amount: '-3500', taskId: first, title: 'First' },
    { kind: 'deposit', amount: '10000', txHash: expect.stringMatching(/^0x[0-9a-f]{64}$/), logIndex: 0 },
  ])
  expect(balance).toBe(sum(rows))
  expect(balance).toBe((await customer.rpc<{ free: string }>('my_balance')).free)
})

test('RN-20: what was earned: each accepted chunk with its job and its result’s hash, and claims with their transaction', async () => {
  const { rows, balance } = await all(provider, 'earned')
  expect(rows.map(({ kind, amount }) => [kind, amount])).toEqual([
    ...[
      ['accept', '950'],
      ['claim', '-2000'],
    ],
    ...[
      ['accept', '950'],
      ['accept', '950'],
      ['accept', '950'],
    ],
  ])
  expect(rows[0]).toMatchObject({ taskId: second, title: 'Second', attempt: 1 })
  const receipts = await engine.query<Record<string, unknown>>(
    `select job_id as "jobId", chunk_index as "chunkIndex", attempt, result_hash as "resultHash", task_id as "taskId",
            price::text, fee::text
       from oblivion.receipts order by id desc`,
  )
  expect(rows.filter(({ kind }) => kind === 'accept')).toMatchObject(receipts)
  // What the platform keeps of each.
  expect(rows[0]).toMatchObject({ amount: '950', price: '1000', fee: '50' })
  expect(rows[1]).toMatchObject({ txHash: expect.stringMatching(/^0x/), logIndex: 0 })
  expect(balance).toBe(sum(rows))
  expect(balance).toBe('1800')
})

test('what a task held, for its customer alone', async () => {
  const { rows, balance } = await all(customer, 'task', { p_task_id: first })
  expect(rows.map(({ kind, amount }) => [kind, amount])).toEqual([
    ...[
      ['refund', '-500'],
      ['accept', '-1000'],
      ['accept', '-1000'],
      ['accept', '-1000'],
      ['hold', '3500'],
    ],
  ])
  expect([balance, sum(rows)]).toEqual(['0', '0'])
  await expect(statement(provider, 'task', { p_task_id: first })).rejects.toMatchObject({ code: 'OB008' })
})

test('shares of sites and payouts of card money name the charge that paid them', async () => {
  const own = await createEngine()
  try {
    const wallet = await own.wallet(addressOf(2))
    await own.deposit(addressOf(1), 10_000n)
    const payer = await own.wallet(addressOf(1))
    await own.task(payer, 1)
    const worker = await own.node(addressOf(3))
    const { job } = await worker.cycle()
    if (job === null) throw new Error('No job.')
    await worker.cycle(done(job), false)
    await own.coordinator('charges_due', [own.instanceId])
    // As the two doors write them, which tests of their own show.
    await own.query(
      `with o as (select oblivion.owner_of($2) as id), c as (select c.id, c.owner_id from oblivion.charges c),
            p as (insert into oblivion.charge_parts (charge_id, payee_owner_id, reward) select c.id, o.id, 7 from c, o),
            t as (insert into oblivion.payee_totals (instance_id, payee_owner_id, charged) select $1, o.id, 7 from o),
            b as (insert into oblivion.card_payouts (charge_id, instance_id, amount) select c.id, $1, 7 from c)
       select oblivion.share_earnings($1, oblivion.owner_of($3), o.id, 5, 'site', 'site:' || c.id || ':' || o.id) from o, c`,
      [own.instanceId, addressOf(2), addressOf(3)],
    )
    const before = (await statement(wallet, 'earned')).rows
    expect(before.map(({ kind, amount }) => [kind, amount]).sort()).toEqual([
      ['payout', '7'],
      ['share', '5'],
    ])
    expect(before.every((row) => row.txHash === undefined)).toBe(true)
    const charge = { cumulative: '1000', cumulativeFee: '50', amount: '1000', fee: '50' }
    await own.chain([{ kind: 'Charged', customer: addressOf(1), ...charge }])
    const { rows, balance } = await all(wallet, 'earned')
    expect(rows).toHaveLength(2)
    for (const row of rows) expect(row).toMatchObject({ txHash: expect.stringMatching(/^0x/), logIndex: 0 })
    expect(balance).toBe('12')
  } finally {
    await own.drop()
  }
})

describe('nothing is read but one’s own', () => {
  test('an account without entries is empty', async () => {
    const nobody = await engine.wallet(addressOf(9))
    for (const account of ['free', 'earned'])
      expect(await statement(nobody, account)).toEqual({ account, asset: 'chain', balance: '0', rows: [], next: null })
    for (const asset of ['card', 'test'])
      expect(await statement(customer, 'free', { p_asset: asset })).toMatchObject({ asset, balance: '0', rows: [] })
  })
  test.each([
    ['an unknown account', 'chain_pool', {}],
    ['an unknown asset', 'free', { p_asset: 'gold' }],
    ['a mark of no page', 'free', { p_after: `1.2.3'; --` }],
    ['a page too long', 'free', { p_limit: 501 }],
    ['no page', 'free', { p_limit: 0 }],
  ])('%s is refused', async (_, account, more) => {
    await expect(statement(customer, account, more)).rejects.toMatchObject({ code: 'OB005' })
  })
})
