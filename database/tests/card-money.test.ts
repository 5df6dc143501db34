import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * Card money (M1, M16): what Stripe tells, in whatever order and however often, is booked once; it is never mixed with
 * tokens, and reaches a provider only after the dispute window and out of the operator's escrow.
 */

const DOLLAR = 1_000_000n
const PAYER = addressOf(0xee)

let engine: Engine
let serial = 0
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.drop())

type Facts = {
  paymentId: string
  customer: string
  amount: string
  livemode: boolean
  refunds?: { id: string; amount: string; failed?: boolean; withdrawalId?: string }[]
  disputes?: { id: string; amount: string; state: 'open' | 'lost' | 'won' }[]
}

/** A customer and a provider that nobody has met, and a payment of the customer's. */
type Scene = { customer: Wallet; node: Node; payment: Facts }
const scene = async (amount = 10n * DOLLAR): Promise<Scene> => {
  serial += 1
  const customer = await engine.wallet(addressOf(0x1000 + serial))
  const node = await engine.node(addressOf(0x2000 + serial))
  const payment = {
    paymentId: `pi_${serial}`,
    customer: customer.address,
    amount: amount.toString(),
    livemode: false,
  }
  return { customer, node, payment }
}
let events = 0
const tell = (facts: Facts | null, event?: string): Promise<boolean> => {
  events += 1
  return engine.coordinator('record_card_event', [event ?? `evt_${events}`, 'a.type', facts && JSON.stringify(facts)])
}

type CardMoney = Record<'free' | 'held' | 'spent' | 'deposited' | 'refunded' | 'disputed' | 'returning', string> & {
  frozen: boolean
  withdrawals: { amount: string; state: string; reason: string | null }[]
  earnings: Record<'total' | 'waiting' | 'ripe' | 'payable' | 'reversed', string> & { nextAt: string | null }
}
const money = (wallet: { address: string }): Promise<CardMoney> =>
  engine.wallet(wallet.address).then(({ rpc }) => rpc('my_card_money'))
const task = ({ customer }: Scene, chunks: number, more = {}) =>
  engine.task(customer, chunks, { asset: 'card', ...more })
const work = async ({ node }: Scene, times = 1) => {
  for (let time = 0; time < times; time += 1) {
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    expect((await node.cycle(done(job), false)).accepted).toBe(true)
  }
}
const badDebt = async (): Promise<bigint> => {
  const [row] = await engine.query<{ debt: string }>(
    `select coalesce(-sum(amount), 0)::text as debt from oblivion.ledger where account = 'bad_debt'`,
  )
  return BigInt(row?.debt ?? 0)
}

/** What holds at any moment: nothing is below zero but bad debt, everything sums to zero by asset, nothing is vouched too far. */
const holds = async () => {
  const rows = await engine.query(
    `select asset, account, owner_id::text, task_id::text, sum(amount)::text as sum from oblivion.ledger
      where account not in ('chain_escrow', 'chain_pool', 'chain_fees', 'card_funds', 'bad_debt')
      group by 1, 2, 3, 4 having sum(amount) < 0
      union all
     select asset, 'all', instance_id::text, null, sum(amount)::text from oblivion.ledger group by asset, instance_id having sum(amount) <> 0
      union all
     select a.asset, a.kind, a.owner_id::text, a.task_id::text, 'balance_of differs'
       from oblivion.accounts a
       left join lateral (
         select sum(l.amount) as sum from oblivion.ledger l
          where l.account = a.kind and l.asset = a.asset and l.instance_id = a.instance_id
            and l.owner_id is not distinct from a.owner_id and l.task_id is not distinct from a.task_id) x on true
      where a.kind <> 'platform_fees' and coalesce(x.sum, 0) <> oblivion.balance_of(a.id)`,
  )
  expect(rows).toEqual([])
  expect((await engine.coordinator<{ total: string }>('ledger_state', [engine.instanceId])).total).toBe('0')
}

describe('a payment', () => {
  test("is the customer's card balance, apart from its tokens, however often it is told", async () => {
    const { customer, payment } = await scene()
    expect(await tell(payment, 'evt_same')).toBe(true)
    expect(await tell(payment, 'evt_same')).toBe(false)
    expect(await tell(payment)).toBe(true)
    expect(await engine.coordinator('is_card_event_known', ['evt_same'])).toBe(true)
    expect(await engine.coordinator('is_card_event_known', ['evt_other'])).toBe(false)
    expect(await money(customer)).toMatchObject({ free: '10000000', deposited: '10000000', spent: '0', frozen: false })
    expect(await customer.rpc('my_balance')).toMatchObject({ free: '0', deposited: '0' })
    await holds()
  })
  test('is booked once by twenty messages at once', async () => {
    const { customer, payment } = await scene()
    await Promise.all(Array.from({ length: 20 }, (_, index) => tell(payment, index < 10 ? 'evt_race' : undefined)))
    expect(await money(customer)).toMatchObject({ free: '10000000', deposited: '10000000' })
  })
  test('belongs for ever to whom it was booked first', async () => {
    const { customer, payment } = await scene()
    await tell(payment)
    await tell({ ...payment, customer: addressOf(0x77), amount: '99000000' })
    expect(await money(customer)).toMatchObject({ free: '10000000' })
    expect(await money({ address: addressOf(0x77) })).toMatchObject({ free: '0' })
  })
  test('of a real card is refused beside a test network, and of a test card beside Polygon (M1)', async () => {
    const { payment } = await scene()
    await expect(tell({ ...payment, livemode: true })).rejects.toMatchObject({ code: 'OB005' })
    const other = await createEngine()
    try {
      const facts = [137, addressOf(0xd0), addressOf(0xd1), `0x${'cd'.repeat(32)}`, 1]
      await other.coordinator('open_settlement_instance', facts)
      const told = (livemode: boolean) =>
        other.coordinator('record_card_event', ['evt_1', 'x', JSON.stringify({ ...payment, livemode })])
      await expect(told(false)).rejects.toMatchObject({ code: 'OB005' })
      expect(await told(true)).toBe(true)
    } finally {
      await other.drop()
    }
  })
  test('pays for tasks up to what is free, and never with tokens or for them', async () => {
    const it = await scene(5_000n)
    await tell(it.payment)
    await expect(task(it, 6)).rejects.toMatchObject({ code: 'OB007' })
    await expect(engine.task(it.customer, 1)).rejects.toMatchObject({ code: 'OB007' })
    await expect(task(it, 1, { asset: 'test money' })).rejects.toMatchObject({ code: 'OB005' })
    const taskId = await task(it, 5)
    expect(await money(it.customer)).toMatchObject({ free: '0', held: '5000' })
    await work(it, 2)
    expect(await it.customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ asset: 'card', spent: '2000' })
    await it.customer.rpc('cancel_task', { p_task_id: taskId })
    expect(await money(it.customer)).toMatchObject({ free: '3000', held: '0', spent: '2000' })
    expect(await engine.wallet(it.node.address).then(({ rpc }) => rpc('my_earnings'))).toMatchObject({ total: '0' })
    expect(await money(it.node)).toMatchObject({ earnings: { total: '1900', waiting: '1900', ripe: '0' } })
    await holds()
  })
  test('outlives a redeployed contract', async () => {
    const other = await createEngine()
    try {
      const facts = { paymentId: 'pi_x', customer: addressOf(1), amount: '5000', livemode: false }
      await other.coordinator('record_card_event', ['evt_1', 'x', JSON.stringify(facts)])
      const customer = await other.wallet(addressOf(1))
      const taskId = await other.task(customer, 2, { asset: 'card' })
      await other.coordinator('open_settlement_instance', [
        31337,
        addressOf(0xd0),
        addressOf(0xd1),
        `0x${'cd'.repeat(32)}`,
        1,
      ])
      expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ status: 'running' })
      expect(await customer.rpc('my_card_money')).toMatchObject({ free: '3000', held: '2000' })
    } finally {
      await other.drop()
    }
  })
})

describe('a refund', () => {
  test('takes free money, and comes back when the bank returns it; each once, in any order', async () => {
    const { customer, payment } = await scene()
    const refund = { id: `re_${serial}`, amount: '4000000' }
    // The refund is known before anything else is.
    await tell({ ...payment, refunds: [refund] })
    expect(await money(customer)).toMatchObject({ free: '6000000', refunded: '4000000' })
    // An older message comes late.
    await tell(payment)
    await tell({ ...payment, refunds: [refund] })
    expect(await money(customer)).toMatchObject({ free: '6000000' })
    await tell({ ...payment, refunds: [{ ...refund, failed: true }] })
    await tell({ ...payment, refunds: [refund] })
    expect(await money(customer)).toMatchObject({ free: '10000000', refunded: '0' })
    // One that had failed before it was heard of.
    await tell({ ...payment, refunds: [{ id: `re_x${serial}`, amount: '1', failed: true }] })
    expect(await money(customer)).toMatchObject({ free: '10000000' })
    await holds()
  })
  test("of what tasks hold ends them, and of what was spent is the operator's loss", async () => {
    const it = await scene(5_000n)
    const before = await badDebt()
    await tell(it.payment)
    const taskId = await task(it, 5)
    await work(it, 2)
    await tell({ ...it.payment, refunds: [{ id: `re_${serial}`, amount: '5000' }] })
    expect(await it.customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ status: 'cancelled' })
    expect(await money(it.customer)).toMatchObject({ free: '0', held: '0', spent: '2000', frozen: false })
    expect(await badDebt()).toBe(before + 2_000n)
    // Who worked keeps it.
    expect(await money(it.node)).toMatchObject({ earnings: { waiting: '1900', reversed: '0' } })
    await holds()
  })
})

describe('a withdrawal to the card', () => {
  const request = (wallet: Wallet, amount: bigint | string) =>
    wallet.rpc('request_card_refund', { p_amount: String(amount) })
  type Due = { withdrawalId: string; paymentId: string; amount: string }
  const due = async ({ payment }: Scene): Promise<Due[]> =>
    (await engine.coordinator<Due[]>('card_refunds_due')).filter(({ paymentId }) =>
      paymentId.startsWith(payment.paymentId),
    )

  test('leaves the free balance at once, and the books when Stripe shows it; the latest payment first', async () => {
    const it = await scene(3n * DOLLAR)
    await tell(it.payment)
    const later = { ...it.payment, paymentId: `${it.payment.paymentId}b`, amount: String(2n * DOLLAR) }
    await tell(later)
    for (const amount of ['0', '-10000', '9999', '10001', 'x', '', '1e6', '99999999999999990000'])
      await expect(request(it.customer, amount)).rejects.toMatchObject({ code: 'OB005' })
    await expect(request(it.customer, 5_010_000n)).rejects.toMatchObject({ code: 'OB007' })
    expect(await request(it.customer, 4n * DOLLAR)).toEqual({ requested: '4000000', free: '1000000' })
    expect(await money(it.customer)).toMatchObject({ free: '1000000', returning: '4000000', refunded: '0' })
    await expect(task(it, 1, { pricePerChunk: '1000001' })).rejects.toMatchObject({ code: 'OB007' })
    await expect(request(it.customer, 2n * DOLLAR)).rejects.toMatchObject({ code: 'OB007' })
    const parts = await due(it)
    expect(parts.map(({ paymentId, amount }) => [paymentId, amount]).sort()).toEqual([
      [it.payment.paymentId, '2000000'],
      [later.paymentId, '2000000'],
    ])
    await holds()
    const [first, second] = parts as [Due, Due]
    const refundOf = (part: Due, failed = false) => ({
      ...{ id: `re_${part.withdrawalId.replaceAll('-', '')}`, amount: part.amount, failed },
      withdrawalId: part.withdrawalId,
    })
    const factsOf = (part: Due) => (part.paymentId === later.paymentId ? later : it.payment)
    for (let time = 0; time < 2; time += 1) await tell({ ...factsOf(first), refunds: [refundOf(first)] })
    expect(await money(it.customer)).toMatchObject({ free: '1000000', returning: '2000000', refunded: '2000000' })
    // The bank sends one back, after it had gone out; the other is refused by Stripe.
    for (let time = 0; time < 2; time += 1) await tell({ ...factsOf(first), refunds: [refundOf(first, true)] })
    expect(await money(it.customer)).toMatchObject({ free: '3000000', returning: '2000000', refunded: '0' })
    expect(await engine.coordinator('fail_card_withdrawal', [second.withdrawalId, 'no'])).toBe(true)
    expect(await engine.coordinator('fail_card_withdrawal', [second.withdrawalId, 'no'])).toBe(false)
    expect(await money(it.customer)).toMatchObject({
      ...{ free: '5000000', returning: '0' },
      withdrawals: [{ state: 'failed' }, { state: 'failed' }],
    })
    expect(await due(it)).toEqual([])
    await holds()
  })
  test('is known by a word of ours: another refund, another amount or payment takes free money', async () => {
    const it = await scene()
    await tell(it.payment)
    await request(it.customer, DOLLAR)
    const [part] = await due(it)
    await tell({
      ...it.payment,
      refunds: [{ id: `re_a${serial}`, amount: '2000000', withdrawalId: part?.withdrawalId ?? '' }],
    })
    expect(await money(it.customer)).toMatchObject({ free: '7000000', returning: '1000000', refunded: '2000000' })
    await holds()
  })
  test('twenty at once take no more than is there', async () => {
    const it = await scene(DOLLAR)
    await tell(it.payment)
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => request(it.customer, 300_000n)))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await money(it.customer)).toMatchObject({ free: '100000', returning: '900000' })
    await holds()
  })
  test('is refused while a payment is disputed, and one that waits fails into the dispute', async () => {
    const it = await scene(DOLLAR)
    await tell(it.payment)
    await request(it.customer, 400_000n)
    const before = await badDebt()
    await tell({ ...it.payment, disputes: [{ id: `du_${serial}`, amount: '1000000', state: 'open' }] })
    await expect(request(it.customer, 10_000n)).rejects.toMatchObject({ code: 'OB090' })
    // What was on its way is missing until Stripe has refused it.
    expect(await badDebt()).toBe(before + 400_000n)
    const [part] = await due(it)
    await engine.coordinator('fail_card_withdrawal', [part?.withdrawalId, 'charged back'])
    await engine.coordinator('charges_due', [engine.instanceId])
    expect(await badDebt()).toBe(before)
    expect(await money(it.customer)).toMatchObject({ free: '0', returning: '0' })
    await holds()
  })
})

describe('earnings in card money', () => {
  let it: Scene
  let paid: bigint
  let taskId: string
  const ripen = () =>
    engine.query(
      `update oblivion.tasks set created_at = created_at - interval '121 days'
        where asset = 'card' and owner_id = (select id from oblivion.owners where address = $1)`,
      [it.customer.address],
    )
  const due = () => engine.coordinator<{ customer: string; cumulative: string }[]>('charges_due', [engine.instanceId])
  beforeAll(async () => {
    // What stands around from other tests is not about to be paid.
    await engine.coordinator('set_card_terms', [PAYER, 120])
    await engine.coordinator('record_limits', [engine.instanceId, '1000000000'])
  })
  beforeEach(async () => {
    it = await scene(5_000n)
    await tell(it.payment)
    taskId = await task(it, 5)
    await work(it, 3)
    const [row] = await engine.query<{ paid: string }>(
      `select coalesce(max(cumulative), 0)::text as paid from oblivion.charges c
        join oblivion.owners o on o.id = c.owner_id where o.address = $1`,
      [PAYER],
    )
    paid = BigInt(row?.paid ?? 0)
  })
  // What is left open would be the next node's.
  afterEach(() => it.customer.rpc('cancel_task', { p_task_id: taskId }))
  const receipts = async (): Promise<string[]> => {
    const provider = await engine.wallet(it.node.address)
    const earnings = await provider.rpc<{ receipts: { asset: string; state: string }[] }>('my_earnings')
    return earnings.receipts.map(({ asset, state }) => `${asset} ${state}`)
  }
  const escrow = async (amount: bigint) => engine.deposit(PAYER, amount)
  const charged = (more: bigint) => ({
    ...{ kind: 'Charged', customer: PAYER, cumulative: String(paid + more), cumulativeFee: '0' },
    ...{ amount: String(more), fee: '0' },
  })

  test('wait for the dispute window, then for the escrow, then become one charge and a voucher', async () => {
    await escrow(1_000_000n)
    expect(await due()).toEqual([])
    expect(await money(it.node)).toMatchObject({
      earnings: { total: '2850', waiting: '2850', nextAt: expect.any(String) },
    })
    expect(await receipts()).toEqual(['card waiting', 'card waiting', 'card waiting'])
    await ripen()
    // The operator's escrow holds less than one reward.
    const payer = await engine.wallet(PAYER)
    const { free } = await payer.rpc<{ free: string }>('my_balance')
    await engine.chain([{ kind: 'Withdrawn', customer: PAYER, amount: String(BigInt(free) - 949n) }])
    expect(await due()).toEqual([])
    expect(await money(it.node)).toMatchObject({ earnings: { waiting: '0', ripe: '2850', payable: '0' } })
    await escrow(951n)
    // As far as it reaches: two of three.
    expect(await due()).toMatchObject([{ customer: PAYER, cumulative: String(paid + 1_900n) }])
    expect(await due()).toMatchObject([{ customer: PAYER, cumulative: String(paid + 1_900n) }])
    expect(await money(it.node)).toMatchObject({ earnings: { ripe: '950', payable: '1900' } })
    // The newest first: what the escrow covers is as any money from here on.
    expect(await receipts()).toEqual(['card ripe', 'card pending', 'card pending'])
    await holds()
    const vouchers = () => engine.coordinator<{ provider: string }[]>('vouchers_due', [engine.instanceId])
    const own = async () => (await vouchers()).filter(({ provider }) => provider === it.node.address)
    expect(await own()).toEqual([])
    await engine.chain([charged(1_900n)])
    expect(await own()).toEqual([{ provider: it.node.address, cumulative: '1900' }])
    const provider = await engine.wallet(it.node.address)
    expect(await provider.rpc('my_earnings')).toMatchObject({ total: '1900' })
    expect(await payer.rpc('my_balance')).toMatchObject({ free: '0' })
    await escrow(950n)
    expect(await due()).toMatchObject([{ cumulative: String(paid + 2_850n) }])
    paid += 1_900n
    await engine.chain([charged(950n)])
    expect(await own()).toEqual([{ provider: it.node.address, cumulative: '2850' }])
    await holds()
  })

  test('are reversed by a dispute before they are payable, and come back when it is won (M16)', async () => {
    const dispute = { id: `du_${serial}`, amount: '5000', state: 'open' as const }
    const before = await badDebt()
    await tell({ ...it.payment, disputes: [dispute] })
    expect(await money(it.customer)).toMatchObject({ free: '0', held: '0', disputed: '5000', frozen: true })
    expect(await money(it.node)).toMatchObject({ earnings: { total: '2850', waiting: '0', reversed: '2850' } })
    expect(await receipts()).toEqual(['card reversed', 'card reversed', 'card reversed'])
    // Free and held 2000, and 3000 that was not paid out: nothing is lost.
    expect(await badDebt()).toBe(before)
    await expect(task(it, 1)).rejects.toMatchObject({ code: 'OB090' })
    await holds()
    await ripen()
    await escrow(100_000n)
    expect(await due()).toEqual([])
    // Messages of the past change nothing.
    await tell(it.payment)
    await tell({ ...it.payment, disputes: [dispute] })
    await tell({ ...it.payment, disputes: [{ ...dispute, state: 'won' }] })
    await tell({ ...it.payment, disputes: [dispute] })
    expect(await money(it.customer)).toMatchObject({ free: '2000', disputed: '0', frozen: false })
    expect(await money(it.node)).toMatchObject({ earnings: { ripe: '2850', reversed: '0' } })
    expect(await receipts()).toEqual(['card ripe', 'card ripe', 'card ripe'])
    expect(await due()).toMatchObject([{ cumulative: String(paid + 2_850n) }])
    await engine.chain([charged(2_850n)])
    await holds()
  })

  test('that a charge has paid stay paid: such a dispute is bad debt, until it is won (M16)', async () => {
    await ripen()
    await escrow(100_000n)
    await due()
    await engine.chain([charged(2_850n)])
    const before = await badDebt()
    const dispute = { id: `du_${serial}`, amount: '5000', state: 'lost' as const }
    await tell({ ...it.payment, disputes: [{ ...dispute, state: 'open' }] })
    await tell({ ...it.payment, disputes: [dispute] })
    expect(await badDebt()).toBe(before + 3_000n)
    expect(await money(it.node)).toMatchObject({ earnings: { payable: '2850', reversed: '0' } })
    expect(await money(it.customer)).toMatchObject({ free: '0', frozen: true })
    await holds()
    // A lost dispute freezes until the operator says otherwise; its debt stays.
    expect(await engine.coordinator('lift_card_freeze', [it.customer.address])).toBe(1)
    expect(await money(it.customer)).toMatchObject({ frozen: false })
    await tell({ ...it.payment, disputes: [{ ...dispute, state: 'won' }] })
    expect(await badDebt()).toBe(before)
    expect(await money(it.customer)).toMatchObject({ free: '2000', disputed: '0' })
    await holds()
  })

  test('of a chunk in work when the dispute came are reversed as well, at the next charge', async () => {
    const { job } = await it.node.cycle()
    if (job === null) throw new Error('No job.')
    const before = await badDebt()
    await tell({ ...it.payment, disputes: [{ id: `dp_${serial}`, amount: '5000', state: 'open' }] })
    expect(await badDebt()).toBe(before + 1_000n)
    expect((await it.node.cycle(done(job), false)).accepted).toBe(true)
    await due()
    expect(await badDebt()).toBe(before)
    expect(await money(it.node)).toMatchObject({ earnings: { total: '3800', reversed: '3800' } })
    await holds()
  })

  test('are lost only as far as the dispute goes, the latest first', async () => {
    const before = await badDebt()
    // 2000 are free or held; 1500 of 3000 are left, which is one chunk and half of another.
    await tell({ ...it.payment, disputes: [{ id: `du_${serial}`, amount: '3500', state: 'open' }] })
    expect(await badDebt()).toBe(before + 500n)
    expect(await money(it.node)).toMatchObject({ earnings: { waiting: '1900', reversed: '950' } })
    await holds()
  })
})
