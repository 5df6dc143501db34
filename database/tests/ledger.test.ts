import { feeOfChunk } from '@oblivion/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine } from './engine/engine.ts'
import { happening, play } from './engine/ledgerModel.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000n)
})
afterAll(() => engine.drop())

/** As `postgres`, who owns the tables: what even the owner may not do. */
const asOwner = (sql: string, params: unknown[] = []) =>
  engine.database.as({ role: 'postgres' }, ({ query }) => query(sql, params))

/** One chunk, done and paid, so that each table has a row. */
const paidChunk = async () => {
  const customer = await engine.wallet(addressOf(1))
  await engine.task(customer, 1)
  const node = await engine.node(addressOf(2))
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
}

describe('the books are closed: no change, also by the owner of the tables', () => {
  beforeAll(paidChunk)
  test.each(['ledger_transactions', 'ledger_entries', 'accounts', 'receipts', 'chain_events'])('%s', async (table) => {
    const [{ count } = { count: 0 }] = await engine.query<{ count: number }>(
      `select count(*)::int as count from oblivion.${table}`,
    )
    expect(count).toBeGreaterThan(0)
    await expect(asOwner(`update oblivion.${table} set instance_id = instance_id`)).rejects.toMatchObject({
      code: 'OB020',
    })
    await expect(asOwner(`delete from oblivion.${table}`)).rejects.toMatchObject({ code: 'OB020' })
    // Where other tables refer to it, only with cascade, which reaches those books too.
    await expect(asOwner(`truncate oblivion.${table} cascade`)).rejects.toMatchObject({ code: 'OB020' })
  })
  test('nor around them, from the tables that they refer to', async () => {
    for (const table of [
      'public.jobs',
      'public.nodes',
      'oblivion.tasks',
      'oblivion.owners',
      'oblivion.settlement_instances',
    ])
      await expect(asOwner(`truncate ${table} cascade`)).rejects.toMatchObject({ code: 'OB020' })
  })
  test('a receipt gets its charge once, and nothing else of it changes', async () => {
    await expect(asOwner('update oblivion.receipts set price = price + 1')).rejects.toMatchObject({ code: 'OB020' })
    await engine.coordinator('charges_due', [engine.instanceId])
    await expect(asOwner('update oblivion.receipts set charge_id = null')).rejects.toMatchObject({ code: 'OB020' })
  })
})

describe('a transaction of the ledger', () => {
  const accounts = async () => {
    const [row] = await engine.query<{ free: string; hold: string; escrow: string; card: string; elsewhere: string }>(
      `with other as (
         insert into oblivion.settlement_instances (chain_id, contract_address, token_address, genesis_hash, opened_block, cursor_block, closed_at)
         values (31337, '0x' || repeat('e', 40), '0x' || repeat('e', 40), '0x' || repeat('e', 64), 1, 1, now())
         on conflict (chain_id, contract_address, genesis_hash) do update set closed_at = now() returning id)
       select oblivion.account('customer_free', 'chain', $1, 1) as free, oblivion.account('chain_pool', 'chain', $1) as hold,
              oblivion.account('chain_escrow', 'chain', $1) as escrow, oblivion.account('customer_free', 'card', $1, 1) as card,
              oblivion.account('customer_free', 'chain', other.id, 1) as elsewhere from other`,
      [engine.instanceId],
    )
    if (row === undefined) throw new Error('No accounts.')
    return row
  }
  let reference = 0
  const book = async (ids: string[], amounts: number[], name = `t${reference++}`) =>
    asOwner(`select oblivion.book('deposit', $2, 'chain', $1, $3, $4)`, [engine.instanceId, name, ids, amounts])

  test('sums to zero over at least two entries, or fails at commit', async () => {
    const { free, escrow, hold } = await accounts()
    await book([free, escrow], [5, -5])
    await book([free, escrow, hold], [5, -3, -2])
    await expect(book([free, escrow], [5, -4])).rejects.toMatchObject({ code: '23514' })
    await expect(book([free], [5])).rejects.toMatchObject({ code: '23514' })
    await expect(book([], [])).rejects.toMatchObject({ code: '23514' })
    await expect(book([free, free], [5, -5])).rejects.toMatchObject({ code: '23514' })
  })
  test('takes no entry after it was committed', async () => {
    const { free, escrow, hold } = await accounts()
    await book([free, escrow], [7, -7], 'yesterday')
    await expect(
      asOwner(
        `insert into oblivion.ledger_entries (transaction_id, account_id, asset, instance_id, amount)
         select id, $2, 'chain', $1, 1 from oblivion.ledger_transactions where reference = 'yesterday'`,
        [engine.instanceId, hold],
      ),
    ).rejects.toMatchObject({ code: '23514' })
  })
  test('mixes neither assets nor instances', async () => {
    const { free, card, elsewhere } = await accounts()
    await expect(book([free, card], [5, -5])).rejects.toMatchObject({ code: '23503' })
    await expect(book([free, elsewhere], [5, -5])).rejects.toMatchObject({ code: '23503' })
  })
  test('is booked once for one reference', async () => {
    const { free, escrow } = await accounts()
    await book([free, escrow], [5, -5], 'once')
    await expect(book([free, escrow], [5, -5], 'once')).rejects.toMatchObject({ code: '23505' })
  })
})

describe('the fee (M7)', () => {
  test('equals feeOfChunk of core, and sums to the floor over the whole task', async () => {
    const cases = fc.sample(
      fc.record({
        price: fc.oneof(fc.bigInt({ min: 1n, max: 50n }), fc.bigInt({ min: 1n, max: 1_000_000_000_000n })),
        feeBps: fc.integer({ min: 0, max: 10_000 }),
        index: fc.nat({ max: 9_999 }),
      }),
      20_000,
    )
    const rows = await engine.query<{ fee: string }>(
      `select oblivion.chunk_fee(c.price, c.bps, c.index)::text as fee
         from unnest($1::bigint[], $2::int[], $3::int[]) with ordinality as c (price, bps, index, place) order by c.place`,
      [cases.map(({ price }) => price.toString()), cases.map(({ feeBps }) => feeBps), cases.map(({ index }) => index)],
    )
    const wrong = cases.filter((parameters, place) => rows[place]?.fee !== String(feeOfChunk(parameters)))
    expect(wrong).toEqual([])

    const sums = await engine.query<{ price: string; bps: number; n: number; fee: string }>(
      `select c.price, c.bps, c.n, (select sum(oblivion.chunk_fee(c.price, c.bps, i)) from generate_series(0, c.n - 1) i)::text as fee
         from (values (1::bigint, 500, 10000), (10000, 500, 1), (7, 333, 9999), (100003, 1, 3001), (1, 10000, 777), (99, 0, 500)) c (price, bps, n)`,
    )
    for (const { price, bps, n, fee } of sums)
      expect(`${price} x ${n} at ${bps}: ${fee}`).toBe(
        `${price} x ${n} at ${bps}: ${(BigInt(price) * BigInt(n) * BigInt(bps)) / 10_000n}`,
      )
    expect(sums[0]?.fee).toBe(sums[1]?.fee)
  })
})

describe('the money of random histories equals a model that knows no accounts (M1, M7)', () => {
  const RUNS = 4
  const EVENTS = 600
  test(`${RUNS} histories of ${EVENTS} events`, { timeout: 600_000 }, async () => {
    const total: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: EVENTS, maxLength: EVENTS }), async (events) => {
        const own = await createEngine()
        try {
          for (const [what, times] of Object.entries(await play(own, events))) total[what] = (total[what] ?? 0) + times
        } finally {
          await own.drop()
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    // Each kind of event really happened, and often enough to prove something.
    for (const what of [
      'deposit',
      'task',
      'claim of a job',
      'succeeded',
      'failed',
      'released',
      'lost',
      'told twice',
      'cancel',
    ])
      expect([what, total[what] ?? 0]).toEqual([what, expect.toSatisfy((times: number) => times > 10)])
    for (const what of ['stamp', 'confirm', 'voucher', 'claim on chain', 'replay', 'task refused'])
      expect([what, total[what] ?? 0]).toEqual([what, expect.toSatisfy((times: number) => times > 5)])
  })

  // A model that agrees with everything proves nothing: each of these faults must be found.
  const faults: [string, string, string | RegExp, string][] = [
    ['a fee rounded chunk by chunk', 'chunk_fee', 'p_index + 1', '1 + 0 * p_index'],
    ['a refund that forgets what runs', 'refund_hold', '- v_open * p_task.price_per_chunk', ''],
    ['a voucher before the charge', 'vouchers_due', 't.confirmed as amount', 't.charged as amount'],
    ['a result paid again', 'finish_attempt', /j\.status = 'processing'\s+and j\.node_id = p_node\.id/g, 'true'],
    [
      'a fee of the moment, not of the task',
      'finish_attempt',
      'v_held.fee_bps',
      '(select fee_bps from oblivion.settings)',
    ],
    ['a hold that is never given back', 'try_close_task', 'perform oblivion.refund_hold(v_task);', ''],
    ['an own task', 'pick_job', 'v_job.customer_owner_id <> p_node.owner_id and', ''],
    ['a stage that is fed without a result', 'judge_stage', "if v_outcome = 'accepted' then", 'if true then'],
    ['a fold that forgets a payee', 'charge_receipts', 'sum(d.price - d.fee)', 'max(d.price - d.fee)'],
  ]
  test.each(faults)('and finds %s', { timeout: 300_000 }, async (_, name, from, to) => {
    const own = await createEngine()
    try {
      const [{ definition } = { definition: '' }] = await own.query<{ definition: string }>(
        `select pg_get_functiondef(p.oid) as definition from pg_proc p where p.proname = $1 and p.pronamespace = 'oblivion'::regnamespace`,
        [name],
      )
      expect(definition.replaceAll(from, to)).not.toBe(definition)
      await own.query(definition.replaceAll(from, to))
      // One fixed history: a fault is found or not, never by luck.
      const events = fc.sample(happening, { numRuns: 400, seed: 20261124 })
      await expect(play(own, events, 5)).rejects.toThrow()
    } finally {
      await own.drop()
    }
  })
  test('in a history that is sound without a fault', { timeout: 300_000 }, async () => {
    const own = await createEngine()
    try {
      const counts = await play(own, fc.sample(happening, { numRuns: 400, seed: 20261124 }), 5)
      expect(counts.succeeded).toBeGreaterThan(20)
      // The history has what the faults above are about.
      for (const what of ['a replica', 'a later stage', 'differing']) expect(counts[what]).toBeGreaterThan(0)
    } finally {
      await own.drop()
    }
  })
})

describe('events of the chain', () => {
  let own: Engine
  beforeAll(async () => {
    own = await createEngine()
  })
  afterAll(() => own.drop())
  const hash = (n: number) => `0x${n.toString(16).padStart(64, '0')}`
  const record = (from: number, to: number, events: unknown[], instance = own.instanceId) =>
    own.coordinator<number>('record_chain_events', [instance, from, to, hash(to), JSON.stringify(events)])
  const deposit = (block: number, log = 0) => ({
    ...{ kind: 'Deposited', customer: addressOf(1), amount: '100' },
    ...{ txHash: hash(0xabc), logIndex: log, blockNumber: block, blockHash: hash(block) },
  })
  const free = async () => (await (await own.wallet(addressOf(1))).rpc<{ free: string }>('my_balance')).free

  test('are booked once: the same blocks again, a gap, and a block outside are refused, and nothing moves', async () => {
    expect(await record(1, 3, [deposit(2), deposit(2)])).toBe(1)
    expect(await free()).toBe('100')
    await expect(record(1, 3, [deposit(2, 1)])).rejects.toMatchObject({
      code: 'OB017',
      detail: expect.stringContaining('"expected": 4'),
    })
    await expect(record(5, 6, [])).rejects.toMatchObject({ code: 'OB017' })
    await expect(record(4, 3, [])).rejects.toMatchObject({ code: 'OB017' })
    await expect(record(4, 4, [deposit(9, 1)])).rejects.toMatchObject({ code: 'OB005' })
    await expect(record(4, 4, [{ ...deposit(4, 1), kind: 'Stolen' }])).rejects.toMatchObject({ code: '23514' })
    await expect(record(4, 4, [{ ...deposit(4, 1), amount: '0' }])).rejects.toMatchObject({ code: '23514' })
    await expect(own.coordinator('record_chain_events', [own.instanceId, 4, 4, hash(4), null])).rejects.toMatchObject({
      code: 'OB005',
    })
    expect(await own.coordinator('settlement_instance')).toMatchObject({ cursorBlock: 3, cursorHash: hash(3) })
    expect(await free()).toBe('100')
    expect(await record(4, 4, [deposit(4), deposit(4, 1)])).toBe(1)
    expect(await free()).toBe('200')
  })

  test('two indexers at once book each event once', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => record(5, 5, [deposit(5, 7)])))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await free()).toBe('300')
  })
})

test('a redeployed contract is a new instance: totals restart, what was earned before is never vouched again (M9)', async () => {
  const own = await createEngine()
  try {
    await own.deposit(addressOf(1), 10_000n)
    const customer = await own.wallet(addressOf(1))
    const provider = await own.wallet(addressOf(2))
    const node = await own.node(addressOf(2))
    await own.task(customer, 2)
    const running = await own.task(customer, 3)
    let { job } = await node.cycle()
    for (let chunk = 0; chunk < 2; chunk += 1) {
      if (job === null) throw new Error('No job.')
      ;({ job } = await node.cycle(done(job)))
    }
    if (job === null) throw new Error('No job.')
    await own.coordinator('charges_due', [own.instanceId])
    await own.chain([
      { kind: 'Charged', customer: addressOf(1), cumulative: '2000', cumulativeFee: '100', amount: '2000', fee: '100' },
    ])
    expect(await own.coordinator('vouchers_due', [own.instanceId])).toEqual([
      { provider: addressOf(2), cumulative: '1900' },
    ])

    const facts = (contract: number) => [31337, addressOf(contract), addressOf(0xc1), `0x${'ab'.repeat(32)}`, 1]
    // The same facts, in any letter case: the same instance.
    const [chainId, contract, ...rest] = facts(0xc0)
    expect(
      await own.coordinator('open_settlement_instance', [
        chainId,
        String(contract).toUpperCase().replace('0X', '0x'),
        ...rest,
      ]),
    ).toBe(own.instanceId)
    const next = await own.coordinator<string>('open_settlement_instance', facts(0xd0))
    expect(next).not.toBe(own.instanceId)

    // Nobody works on for money that cannot be paid.
    expect(await customer.rpc('get_task', { p_task_id: running })).toMatchObject({ status: 'cancelled', chunks: 'rxx' })
    expect(await node.rpc('heartbeat', { p_node_id: node.nodeId, p_job_id: job.jobId, p_attempt: 1 })).toMatchObject({
      cancel: true,
    })

    for (const call of ['charges_due', 'vouchers_due'])
      await expect(own.coordinator(call, [own.instanceId])).rejects.toMatchObject({ code: 'OB016' })
    await expect(
      own.coordinator('store_voucher', [own.instanceId, addressOf(2), '1900', `0x${'11'.repeat(65)}`]),
    ).rejects.toMatchObject({ code: 'OB016' })
    expect(await own.coordinator('charges_due', [next])).toEqual([])
    expect(await own.coordinator('vouchers_due', [next])).toEqual([])
    await expect(
      own.coordinator('store_voucher', [next, addressOf(2), '1', `0x${'11'.repeat(65)}`]),
    ).rejects.toMatchObject({ code: 'OB005' })
    expect(await customer.rpc('my_balance')).toMatchObject({ free: '0', held: '0', spent: '0', deposited: '0' })
    expect(await provider.rpc('my_earnings')).toMatchObject({ total: '0', pending: '0', claimable: '0', receipts: [] })
    expect(await provider.rpc('my_voucher')).toBeNull()
    await expect(own.task(customer, 1)).rejects.toMatchObject({ code: 'OB007' })

    // The closed contract is never opened again, and the refusal leaves the open one open.
    await expect(own.coordinator('open_settlement_instance', facts(0xc0))).rejects.toMatchObject({ code: 'OB016' })
    expect(await own.coordinator('settlement_instance')).toMatchObject({ instanceId: Number(next) })
  } finally {
    await own.drop()
  }
})
