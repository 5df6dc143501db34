import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type WorkCycle } from './engine/engine.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.drop())

const customer = addressOf(1)
const provider = addressOf(2)

test('RN-3, RN-16, RN-20: a chunk goes from the customer to a provider, is paid, charged, vouched and settled', async () => {
  await engine.deposit(customer, 1_000_000n)
  const owner = await engine.wallet(customer)
  const taskId = await engine.task(owner, 3, { budget: '5000' })
  expect(await owner.rpc('my_balance')).toMatchObject({
    free: '995000',
    held: '5000',
    spent: '0',
    deposited: '1000000',
  })

  const node = await engine.node(provider)
  let answer: WorkCycle = await node.cycle()
  for (let chunk = 0; chunk < 3; chunk += 1) {
    expect(answer.job).toMatchObject({ taskId, chunkIndex: chunk, attempt: 1, input: { index: chunk } })
    if (answer.job === null) throw new Error('No job.')
    answer = await node.cycle(done(answer.job))
    expect(answer).toMatchObject({ accepted: true, reason: null })
  }
  expect(answer.job).toBeNull()

  // Fee of 5 %: 50 a chunk; the rest of the budget is free again.
  expect(await owner.rpc('my_balance')).toMatchObject({ free: '997000', held: '0', spent: '3000' })
  expect(await owner.rpc('get_task', { p_task_id: taskId })).toMatchObject({
    status: 'completed',
    chunks: 'ccc',
    spent: '3000',
  })
  const earner = await engine.wallet(provider)
  expect(await earner.rpc('my_earnings')).toMatchObject({
    total: '2850',
    pending: '2850',
    claimable: '0',
    settled: '0',
    // What the platform keeps of each.
    receipts: Array.from({ length: 3 }, () => ({ price: '1000', fee: '50', reward: '950' })),
  })
  expect(await engine.coordinator('vouchers_due', [engine.instanceId])).toEqual([])

  const due = await engine.coordinator<unknown[]>('charges_due', [engine.instanceId])
  expect(due).toEqual([{ customer, cumulative: '3000', cumulativeFee: '150' }])
  expect(await engine.coordinator('charges_due', [engine.instanceId])).toEqual(due)
  await engine.chain([
    { kind: 'Charged', customer, cumulative: '3000', cumulativeFee: '150', amount: '3000', fee: '150' },
  ])
  expect(await engine.coordinator('charges_due', [engine.instanceId])).toEqual([])
  expect(await engine.coordinator('vouchers_due', [engine.instanceId])).toEqual([{ provider, cumulative: '2850' }])
  const signature = `0x${'11'.repeat(65)}`
  await expect(
    engine.coordinator('store_voucher', [engine.instanceId, provider, '2851', signature]),
  ).rejects.toMatchObject({
    code: 'OB005',
  })
  await engine.coordinator('store_voucher', [engine.instanceId, provider, '2850', signature])
  expect(await earner.rpc('my_voucher')).toMatchObject({ provider, cumulative: '2850', claimable: '2850', signature })
  expect(await earner.rpc('my_earnings')).toMatchObject({ pending: '0', claimable: '2850', settled: '0' })

  await engine.chain([{ kind: 'Claimed', provider, payee: provider, cumulative: '2850', amount: '2850' }])
  const earnings = await earner.rpc<{ receipts: { state: string }[] }>('my_earnings')
  expect(earnings).toMatchObject({ pending: '0', claimable: '0', settled: '2850' })
  expect(earnings.receipts.map((receipt) => receipt.state)).toEqual(['settled', 'settled', 'settled'])
  expect(await engine.coordinator('ledger_state', [engine.instanceId])).toMatchObject({
    escrow: '997000',
    pool: '0',
    fees: '150',
    total: '0',
    free: '997000',
    held: '0',
    earned: '0',
    platformFees: '150',
    customers: [{ customer, escrow: '997000' }],
    providers: [{ provider, earned: '2850', settled: '2850' }],
  })
})

test('results page by chunk index and answer chosen chunks', async () => {
  const owner = await engine.wallet(customer)
  const [{ taskId }] = await owner.rpc<[{ taskId: string }]>('list_tasks')
  const first = await owner.rpc<{ next: number; results: { chunkIndex: number }[] }>('task_results', {
    p_task_id: taskId,
    p_limit: 2,
  })
  expect(first).toMatchObject({ next: 1, results: [{ chunkIndex: 0, result: { ok: 0 } }, { chunkIndex: 1 }] })
  expect(await owner.rpc('task_results', { p_task_id: taskId, p_after: first.next, p_limit: 2 })).toMatchObject({
    next: null,
    results: [{ chunkIndex: 2, provider, attempt: 1, reward: '950' }],
  })
  expect(await owner.rpc('task_results', { p_task_id: taskId, p_chunks: [2, 0] })).toMatchObject({
    results: [{ chunkIndex: 0 }, { chunkIndex: 2 }],
  })
})
