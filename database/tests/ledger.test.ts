import { feeOfChunk } from '@oblivion/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type WorkCycle } from './engine/engine.ts'

import { books } from './engine/ledger/books.ts'

type Job = NonNullable<WorkCycle['job']>

/** `test:deep` pays for a million; see tools/testDeep.ts. */
const FEE_CHUNKS = Number(process.env.FEE_CHUNKS ?? 5_000)

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.drop())

test.each(Object.entries(books))('%s', async (_, probe) => {
  const own = await createEngine()
  try {
    await probe(own)
  } finally {
    await own.drop()
  }
})

describe('the fee (M7)', () => {
  test('RN-27: equals feeOfChunk of core, and sums to the floor over the whole task', async () => {
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

  test(`${FEE_CHUNKS} accepted chunks at any price while the fee changes: the pool is what is owed, to the unit`, {
    timeout: 7_200_000,
  }, async () => {
    const own = await createEngine()
    try {
      await own.query('update oblivion.settings set min_price_per_chunk = 1')
      const customers = await Promise.all([addressOf(1), addressOf(2)].map((address) => own.wallet(address)))
      for (const { address } of customers) await own.deposit(address, 1_000_000_000_000n)
      const nodes: { node: Node; jobs: Job[] }[] = []
      for (const n of [0x10, 0x11, 0x12]) {
        const node = await own.node(addressOf(n), 'box', 'server')
        await own.coordinator('set_max_jobs', [node.nodeId, 1000])
        nodes.push({ node, jobs: [] })
      }
      const terms = fc.record({
        price: fc.oneof(fc.constant(1n), fc.bigInt({ min: 1n, max: 50n }), fc.bigInt({ min: 1n, max: 100_003n })),
        bps: fc.constantFrom(0, 1, 333, 500, 999, 10_000),
        chunks: fc.integer({ min: 1, max: 2_000 }),
        payer: fc.nat({ max: customers.length - 1 }),
      })
      // Unlike what is paid out: a fee is the floor of a whole task's, however its chunks come in.
      const model = { chunks: 0, spent: 0n, fees: 0n }
      // As the contract would be told, customer by customer.
      const charged = customers.map(() => ({ cumulative: 0n, cumulativeFee: 0n }))
      const charge = async (): Promise<void> => {
        type Due = { customer: string; cumulative: string; cumulativeFee: string }
        for (const due of await own.coordinator<Due[]>('charges_due', [own.instanceId])) {
          const before = charged[customers.findIndex(({ address }) => address === due.customer)]
          if (before === undefined) throw new Error('A stranger is charged.')
          const [cumulative, cumulativeFee] = [BigInt(due.cumulative), BigInt(due.cumulativeFee)]
          const [amount, fee] = [cumulative - before.cumulative, cumulativeFee - before.cumulativeFee]
          await own.chain([{ kind: 'Charged', ...due, amount: `${amount}`, fee: `${fee}` }])
          Object.assign(before, { cumulative, cumulativeFee })
        }
      }
      for (let task = 0; model.chunks < FEE_CHUNKS; task += 1) {
        const [next] = fc.sample(terms, { seed: 20_261_129 + task, numRuns: 1 })
        const payer = next && customers[next.payer]
        if (next === undefined || payer === undefined) throw new Error('No terms.')
        await own.coordinator('set_fee_bps', [next.bps])
        await own.task(payer, next.chunks, { pricePerChunk: `${next.price}` })
        do {
          for (const worker of nodes) {
            const { node, jobs } = worker
            const told = await node.rpc<{ jobs: Job[]; done: { accepted: boolean }[] }>('work_batch', {
              p_node_id: node.nodeId,
              p_done: JSON.stringify(jobs.map((job) => done(job, 1))),
              p_limit: 250,
            })
            expect(told.done.filter(({ accepted }) => !accepted)).toEqual([])
            model.chunks += told.done.length
            worker.jobs = told.jobs
          }
        } while (nodes.some(({ jobs }) => jobs.length > 0))
        model.spent += next.price * BigInt(next.chunks)
        model.fees += (next.price * BigInt(next.chunks) * BigInt(next.bps)) / 10_000n
        if (task % 5 === 4) await charge()
      }
      await charge()
      const sumOf = (amounts: bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)
      const contract = {
        spent: sumOf(charged.map(({ cumulative }) => cumulative)),
        fees: sumOf(charged.map(({ cumulativeFee }) => cumulativeFee)),
      }
      expect(contract).toEqual({ spent: model.spent, fees: model.fees })
      const vouchers = await own.coordinator<{ cumulative: string }[]>('vouchers_due', [own.instanceId])
      const owed = sumOf(vouchers.map(({ cumulative }) => BigInt(cumulative)))
      expect(contract.spent - contract.fees - owed).toBe(0n)
      process.stdout.write(`${model.chunks} chunks: ${contract.spent - contract.fees - owed} units apart\n`)
    } finally {
      await own.drop()
    }
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
