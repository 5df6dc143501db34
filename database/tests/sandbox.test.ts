import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * Play money: pays tasks as real money does, is seen apart from it, and never leaves: no charge, no voucher, no chain of
 * real money (M1).
 */

let engine: Engine
let customer: Wallet
let node: Node
beforeAll(async () => {
  engine = await createEngine()
  customer = await engine.wallet(addressOf(1))
  node = await engine.node(addressOf(2))
})
afterAll(() => engine.drop())

const change = (amount: unknown) => customer.rpc<{ free: string }>('change_play_money', { p_amount: amount })
const playOf = async (wallet: Wallet) => (await wallet.rpc<{ play: unknown }>('my_balance')).play

test('RN-25: there is none until the operator says so', async () => {
  await expect(change('1000')).rejects.toMatchObject({ code: 'OB006' })
  await expect(engine.task(customer, 1, { asset: 'test' })).rejects.toMatchObject({ code: 'OB006' })
  expect(await playOf(customer)).toBeNull()
})

describe('once there is', () => {
  beforeAll(() => engine.coordinator('set_sandbox', [true]))

  test('RN-25: a wallet takes and gives back what is free, up to 1,000 tokens', async () => {
    expect(await change('1000000000')).toEqual({ free: '1000000000' })
    await expect(change('1')).rejects.toMatchObject({ code: 'OB014' })
    expect(await change('-999990000')).toEqual({ free: '10000' })
    await expect(change('-10001')).rejects.toMatchObject({ code: 'OB007' })
    for (const amount of ['0', '1.5', 'x', '', null])
      await expect(change(amount)).rejects.toMatchObject({ code: 'OB005' })
  })

  test('it pays a task, and what is earned with it is never charged, vouched for or mixed with tokens', async () => {
    await expect(engine.task(customer, 11, { asset: 'test' })).rejects.toMatchObject({ code: 'OB007' })
    const taskId = await engine.task(customer, 3, { asset: 'test', budget: '5000' })
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ asset: 'test', held: '5000' })
    expect(await playOf(customer)).toEqual({ free: '5000', held: '5000', spent: '0', earned: '0' })
    // No cap has been read from a contract here, and none bounds a task.
    expect(await customer.rpc('my_balance')).toMatchObject({ dailyCap: null, room: null })
    let { job } = await node.cycle()
    for (let chunk = 0; chunk < 2; chunk += 1) {
      if (job === null) throw new Error('No job.')
      ;({ job } = await node.cycle(done(job)))
    }
    if (job === null) throw new Error('No job.')
    await node.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
    await customer.rpc('cancel_task', { p_task_id: taskId })

    const provider = await engine.wallet(addressOf(2))
    expect(await playOf(customer)).toEqual({ free: '8000', held: '0', spent: '2000', earned: '0' })
    expect(await playOf(provider)).toEqual({ free: '0', held: '0', spent: '0', earned: '1900' })
    expect(await customer.rpc('my_balance')).toMatchObject({ free: '0', held: '0', spent: '0', deposited: '0' })
    expect(await provider.rpc('my_earnings')).toMatchObject({ total: '0', pending: '0', claimable: '0' })
    // Each receipt says what it is of, so that whoever did it is not left waiting for money.
    const { receipts } = await provider.rpc<{ receipts: object[] }>('my_earnings')
    expect(receipts).toMatchObject(Array(2).fill({ taskId, asset: 'test', reward: '950', state: 'play' }))
    expect(await engine.coordinator('charges_due', [engine.instanceId])).toEqual([])
    expect(await engine.coordinator('vouchers_due', [engine.instanceId])).toEqual([])
    await expect(
      engine.coordinator('store_voucher', [engine.instanceId, addressOf(2), '1', `0x${'11'.repeat(65)}`]),
    ).rejects.toMatchObject({ code: 'OB005' })
    const mixed = await engine.query(
      `select reference from oblivion.ledger group by instance_id, kind, reference having count(distinct asset) > 1`,
    )
    expect(mixed).toEqual([])
  })

  test('whoever leaves the contract, or waits for its settlement, goes on playing', async () => {
    await engine.deposit(addressOf(1), 10_000n)
    const [real, play] = [await engine.task(customer, 1), await engine.task(customer, 1, { asset: 'test' })]
    const statuses = () =>
      Promise.all(
        [real, play].map(async (id) => (await customer.rpc<{ status: string }>('get_task', { p_task_id: id })).status),
      )
    await engine.coordinator('halt_settlement', [engine.instanceId, 'A look.'])
    await engine.coordinator('pause_halted', [engine.instanceId])
    expect(await statuses()).toEqual(['paused', 'running'])
    await engine.coordinator('resume_settlement', [engine.instanceId])
    await engine.coordinator('pause_halted', [engine.instanceId])
    expect(await statuses()).toEqual(['running', 'running'])
    const later = Math.floor(Date.now() / 1000) + 172_800
    const exit = { customer: addressOf(1), exiting: '9000', exitRipeAt: later, exitLapsesAt: later + 86_400 }
    const shown = [{ ...exit, dailyCap: '1000000', raisedCap: null, raisedAt: null }]
    await engine.coordinator('record_customers', [engine.instanceId, 2, JSON.stringify(shown)])
    await engine.coordinator('pause_exiting', [engine.instanceId])
    expect(await statuses()).toEqual(['paused', 'running'])
    await expect(engine.task(customer, 1)).rejects.toMatchObject({ code: 'OB095' })
    await engine.task(customer, 1, { asset: 'test' })
  })
})

test('where the token is real money there is none, whoever asks and whatever the settings say', async () => {
  const own = await createEngine()
  try {
    const facts = [137, addressOf(0xd0), addressOf(0xd1), `0x${'cd'.repeat(32)}`, 1]
    const polygon = await own.coordinator<string>('open_settlement_instance', facts)
    await expect(own.coordinator('set_sandbox', [true])).rejects.toMatchObject({ code: 'OB005' })
    await own.coordinator('set_sandbox', [false])
    await own.query('update oblivion.settings set sandbox = true')
    const wallet = await own.wallet(addressOf(1))
    await expect(wallet.rpc('change_play_money', { p_amount: '1000' })).rejects.toMatchObject({ code: 'OB006' })
    await expect(own.task(wallet, 1, { asset: 'test' })).rejects.toMatchObject({ code: 'OB006' })
    expect(await playOf(wallet)).toBeNull()
    // The tables' own owner cannot make an account for it.
    await expect(
      own.database.as({ role: 'postgres' }, ({ query }) =>
        query(`select oblivion.account('play_money', 'test', $1)`, [polygon]),
      ),
    ).rejects.toMatchObject({ code: '23514' })
  } finally {
    await own.drop()
  }
})
