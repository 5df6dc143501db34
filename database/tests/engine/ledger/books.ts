import { expect } from 'vitest'
import { addressOf, done, type Engine } from '../engine.ts'

/** One promise of the books, by its name: it needs an engine of its own and throws where the promise is broken. */
export type Probe = (engine: Engine) => Promise<unknown>

/** As `postgres`, who owns the tables: what even the owner may not do. */
const asOwner = (engine: Engine, sql: string, params: unknown[] = []) =>
  engine.database.as({ role: 'postgres' }, ({ query }) => query(sql, params))

/** One chunk, done and paid, so that each table has a row. */
const paidChunk = async (engine: Engine): Promise<void> => {
  await engine.deposit(addressOf(1), 1_000_000n)
  await engine.task(await engine.wallet(addressOf(1)), 1)
  const node = await engine.node(addressOf(2))
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
}

const accountsOf = async (engine: Engine) => {
  const [row] = await engine.query<{ free: string; pool: string; escrow: string; card: string; elsewhere: string }>(
    `with other as (
       insert into oblivion.settlement_instances (chain_id, contract_address, token_address, genesis_hash, opened_block, cursor_block, closed_at)
       values (31337, '0x' || repeat('e', 40), '0x' || repeat('e', 40), '0x' || repeat('e', 64), 1, 1, now())
       returning id), owned as (select oblivion.owner_of($2) as id)
     select oblivion.account('customer_free', 'chain', $1, owned.id) as free, oblivion.account('chain_pool', 'chain', $1) as pool,
            oblivion.account('chain_escrow', 'chain', $1) as escrow, oblivion.account('customer_free', 'card', $1, owned.id) as card,
            oblivion.account('customer_free', 'chain', other.id, owned.id) as elsewhere from other, owned`,
    [engine.instanceId, addressOf(1)],
  )
  if (row === undefined) throw new Error('No accounts.')
  let reference = 0
  return {
    ...row,
    book: (ids: string[], amounts: number[], name = `t${reference++}`) =>
      asOwner(engine, `select oblivion.book('deposit', $2, 'chain', $1, $3, $4)`, [
        ...[engine.instanceId, name, ids, amounts],
      ]),
  }
}

const hash = (n: number) => `0x${n.toString(16).padStart(64, '0')}`
const depositAt = (block: number, log = 0) => ({
  ...{ kind: 'Deposited', customer: addressOf(1), amount: '100' },
  ...{ txHash: hash(0xabc), logIndex: log, blockNumber: block, blockHash: hash(block) },
})
const record = (engine: Engine, from: number, to: number, events: unknown) =>
  engine.coordinator<number>('record_chain_events', [engine.instanceId, from, to, hash(to), JSON.stringify(events)])
const freeOf = async (engine: Engine) =>
  (await (await engine.wallet(addressOf(1))).rpc<{ free: string }>('my_balance')).free

export const books = {
  'closed books are never changed, also by the owner of the tables': async (engine) => {
    await paidChunk(engine)
    for (const table of ['ledger_transactions', 'ledger_entries', 'accounts', 'receipts', 'chain_events']) {
      const [{ count } = { count: 0 }] = await engine.query<{ count: number }>(
        `select count(*)::int as count from oblivion.${table}`,
      )
      expect(count).toBeGreaterThan(0)
      // Where other tables refer to it, truncated only with cascade, which reaches those books too.
      for (const sql of [
        `update oblivion.${table} set instance_id = instance_id`,
        `delete from oblivion.${table}`,
        `truncate oblivion.${table} cascade`,
      ])
        await expect(asOwner(engine, sql), sql).rejects.toMatchObject({ code: 'OB020' })
    }
  },
  'nor are they emptied from the tables that they refer to': async (engine) => {
    await paidChunk(engine)
    for (const table of [
      ...['public.jobs', 'public.nodes', 'oblivion.tasks', 'oblivion.owners', 'oblivion.settlement_instances'],
    ])
      await expect(asOwner(engine, `truncate ${table} cascade`)).rejects.toMatchObject({ code: 'OB020' })
  },
  'a receipt gets its charge once, and nothing else of it changes': async (engine) => {
    await paidChunk(engine)
    const refused = { code: 'OB020' }
    await expect(asOwner(engine, 'update oblivion.receipts set price = price + 1')).rejects.toMatchObject(refused)
    await expect(
      asOwner(engine, 'update oblivion.receipts set charge_id = 1, price = price + 1'),
    ).rejects.toMatchObject(refused)
    await engine.coordinator('charges_due', [engine.instanceId])
    await expect(asOwner(engine, 'update oblivion.receipts set charge_id = null')).rejects.toMatchObject(refused)
  },
  'a transaction sums to zero over at least two entries, or fails at commit': async (engine) => {
    const { free, escrow, pool, book } = await accountsOf(engine)
    await book([free, escrow], [5, -5])
    await book([free, escrow, pool], [5, -3, -2])
    await expect(book([free, escrow], [5, -4])).rejects.toMatchObject({ code: '23514' })
    await expect(book([free], [5])).rejects.toMatchObject({ code: '23514' })
    await expect(book([], [])).rejects.toMatchObject({ code: '23514' })
    await expect(book([free, free], [5, -5])).rejects.toMatchObject({ code: '23514' })
  },
  'a transaction takes no entry after it was committed': async (engine) => {
    const { free, escrow, pool, book } = await accountsOf(engine)
    await book([free, escrow], [7, -7], 'yesterday')
    await expect(
      asOwner(
        engine,
        `insert into oblivion.ledger_entries (transaction_id, account_id, asset, instance_id, amount)
         select id, $2, 'chain', $1, 1 from oblivion.ledger_transactions where reference = 'yesterday'`,
        [engine.instanceId, pool],
      ),
    ).rejects.toMatchObject({ code: '23514' })
  },
  'a transaction mixes neither assets nor instances (M1, M9)': async (engine) => {
    const { free, card, elsewhere, book } = await accountsOf(engine)
    await expect(book([free, card], [5, -5])).rejects.toMatchObject({ code: '23503' })
    await expect(book([free, elsewhere], [5, -5])).rejects.toMatchObject({ code: '23503' })
  },
  'a transaction is booked once for one reference': async (engine) => {
    const { free, escrow, book } = await accountsOf(engine)
    await book([free, escrow], [5, -5], 'once')
    await expect(book([free, escrow], [5, -5], 'once')).rejects.toMatchObject({ code: '23505' })
  },
  'events of the chain are booked once, in the order of blocks, or nothing moves': async (engine) => {
    expect(await record(engine, 1, 3, [depositAt(2), depositAt(2)])).toBe(1)
    expect(await freeOf(engine)).toBe('100')
    await expect(record(engine, 1, 3, [depositAt(2, 1)])).rejects.toMatchObject({
      code: 'OB017',
      detail: expect.stringContaining('"expected": 4'),
    })
    await expect(record(engine, 5, 6, [])).rejects.toMatchObject({ code: 'OB017' })
    await expect(record(engine, 4, 3, [])).rejects.toMatchObject({ code: 'OB017' })
    await expect(record(engine, 4, 4, [depositAt(9, 1)])).rejects.toMatchObject({ code: 'OB005' })
    await expect(record(engine, 4, 4, [{ ...depositAt(4, 1), kind: 'Stolen' }])).rejects.toMatchObject({
      code: '23514',
    })
    await expect(record(engine, 4, 4, [{ ...depositAt(4, 1), amount: '-1' }])).rejects.toMatchObject({ code: '23514' })
    await expect(
      engine.coordinator('record_chain_events', [engine.instanceId, 4, 4, hash(4), null]),
    ).rejects.toMatchObject({ code: 'OB005' })
    expect(await engine.coordinator('settlement_instance')).toMatchObject({ cursorBlock: 3, cursorHash: hash(3) })
    expect(await freeOf(engine)).toBe('100')
    expect(await record(engine, 4, 4, [depositAt(4), depositAt(4, 1)])).toBe(1)
    expect(await freeOf(engine)).toBe('200')
  },
  'a movement of nothing, which anybody can have reported, stops no block (M6)': async (engine) => {
    const nothing = (kind: string, log: number, whose: object) => ({
      ...depositAt(1, log),
      ...whose,
      kind,
      amount: '0',
    })
    const collected = nothing('FeesCollected', 1, { customer: undefined, account: addressOf(9) })
    expect(await record(engine, 1, 1, [collected, nothing('Withdrawn', 2, {}), depositAt(1, 3)])).toBe(1)
    expect(await freeOf(engine)).toBe('100')
    // Nor does an exit of which charges have left nothing.
    const times = { exitRipeAt: 4_000_000_000, exitLapsesAt: 4_000_000_000, raisedCap: null, raisedAt: null }
    const shown = [{ customer: addressOf(1), exiting: '0', withdrawing: '0', dailyCap: '1', ...times }]
    expect(await engine.coordinator('record_customers', [engine.instanceId, 1, JSON.stringify(shown)])).toBe(0)
  },
  'what was missed is booked later, a charge behind a newer one too, and nothing twice': async (engine) => {
    const charge = (block: number, cumulative: number, amount: number, fee: number) => ({
      ...{ ...depositAt(block), kind: 'Charged', amount: String(amount), fee: String(fee) },
      ...{ txHash: hash(0xc0 + block), cumulative: String(cumulative) },
    })
    const all = [{ ...depositAt(2), amount: '9000' }, charge(3, 3_000, 3_000, 150), charge(4, 5_000, 2_000, 100)]
    await record(engine, 1, 4, [all[2]])
    const reread = (from: number, to: number, events: unknown) =>
      engine.coordinator<number>('reread_chain_events', [engine.instanceId, from, to, JSON.stringify(events)])
    expect([await reread(2, 4, all), await reread(2, 4, all)]).toEqual([2, 0])
    expect(await engine.coordinator('ledger_state', [engine.instanceId])).toMatchObject({
      ...{ escrow: '4000', pool: '4750', fees: '250', total: '0' },
    })
    await expect(reread(4, 5, [])).rejects.toMatchObject({ code: 'OB017' })
    await expect(reread(0, 4, [])).rejects.toMatchObject({ code: 'OB017' })
    await expect(reread(3, 3, [all[2]])).rejects.toMatchObject({ code: 'OB005' })
    expect(await engine.coordinator('settlement_instance')).toMatchObject({ cursorBlock: 4, cursorHash: hash(4) })
  },
  'two indexers at once book each event once': async (engine) => {
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => record(engine, 1, 1, [depositAt(1, 7)])))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await freeOf(engine)).toBe('100')
  },
  'there is no play money under a contract of real money (M1)': async (engine) => {
    const facts = [137, addressOf(0xd0), addressOf(0xd1), `0x${'cd'.repeat(32)}`, 1]
    const polygon = await engine.coordinator('open_settlement_instance', facts)
    await expect(engine.coordinator('set_sandbox', [true])).rejects.toMatchObject({ code: 'OB005' })
    await expect(asOwner(engine, `select oblivion.account('play_money', 'test', $1)`, [polygon])).rejects.toMatchObject(
      {
        code: '23514',
      },
    )
  },
  'a withdrawal ends the tasks whose holds it takes (M2)': async (engine) => {
    await engine.deposit(addressOf(1), 10_000n)
    const customer = await engine.wallet(addressOf(1))
    await engine.task(customer, 8)
    await engine.chain([{ kind: 'Withdrawn', customer: addressOf(1), amount: '5000' }])
    expect(await customer.rpc('my_balance')).toMatchObject({ free: '5000', held: '0', withdrawn: '5000' })
  },
  'a result told by two calls at once is paid once': async (engine) => {
    await engine.deposit(addressOf(1), 1_000_000n)
    await engine.task(await engine.wallet(addressOf(1)), 2)
    const node = await engine.node(addressOf(2))
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    // Both calls have seen the job as theirs and wait for its row.
    const calls = await engine.database.as({ role: 'postgres' }, async ({ query }) => {
      await query('select from jobs where id = $1 for update', [job.jobId])
      const both = [1, 2].map(() => node.cycle(done(job), false))
      const waiting = `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      while (((await engine.query<{ count: number }>(waiting))[0]?.count ?? 0) < 2) await Promise.resolve()
      return { both }
    })
    for (const { accepted } of await Promise.all(calls.both)) expect(accepted).toBe(true)
    expect(await engine.query('select price from oblivion.receipts')).toHaveLength(1)
  },
  'a budget fits the daily cap beside what was charged today (M3)': async (engine) => {
    await engine.coordinator('record_limits', [engine.instanceId, '10000'])
    await engine.deposit(addressOf(1), 1_000_000n)
    const customer = await engine.wallet(addressOf(1))
    await engine.task(customer, 5)
    const node = await engine.node(addressOf(2))
    let { job } = await node.cycle()
    while (job !== null) ({ job } = await node.cycle(done(job)))
    await engine.coordinator('charges_due', [engine.instanceId])
    const charge = { cumulative: '5000', cumulativeFee: '250', amount: '5000', fee: '250' }
    await engine.chain([{ kind: 'Charged', customer: addressOf(1), ...charge }])
    // 10,000 less 5,000, less a unit for the charge and a hundred for changes of the cap.
    const post = (budget: string) => engine.task(customer, 1, { budget })
    await expect(post('4900')).rejects.toMatchObject({ code: 'OB096', detail: expect.stringContaining('"4899"') })
    await post('4899')
  },
  'a customer is read again until a read finds its last event final (M2)': async (engine) => {
    const customer = addressOf(1)
    const exit = { exiting: '9000', exitRipeAt: 2_000_000_000, exitLapsesAt: 2_000_086_400 }
    const shown = { ...{ customer, ...exit }, ...{ dailyCap: '1000000', raisedCap: null, raisedAt: null } }
    const look = async (block: number, more: object) => {
      const customers = JSON.stringify([{ ...shown, ...more }])
      await engine.coordinator('record_customers', [engine.instanceId, block, customers])
      return engine.coordinator('customers_to_read', [engine.instanceId])
    }
    const book = async (blocks: number) => {
      for (let block = 0; block < blocks; block += 1) await engine.chain([])
    }
    expect(await look(3, { eventBlock: 2 })).toEqual([customer])
    // A node that lags does not tell of the event.
    expect(await look(4, {})).toEqual([customer])
    await book(3)
    // A reorganisation has brought the same exit in a later block.
    expect(await look(6, { eventBlock: 5 })).toEqual([customer])
    await book(2)
    expect(await look(7, {})).toEqual([])
    // Another read shows something else.
    expect(await look(8, { exiting: '8000' })).toEqual([customer])
  },
} satisfies Record<string, Probe>
