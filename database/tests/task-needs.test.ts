import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, type Engine, type Node, type Wallet } from './engine/engine.ts'

/* What a task asks of a node: capabilities, worker types and a highest price, kept at every door of a claim (RN-5, JM-20). */

let engine: Engine
let customer: Wallet

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  await engine.task(customer, 1, { type: undefined, program: reviewed })
  await engine.query('update oblivion.programs set reviewed_at = now()')
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
})
afterAll(() => engine.drop())

let serial = 0x1000
const reviewed = { kind: 'js', source: 'export default () => 1' }
const nodeWith = (more: {
  type?: string
  capabilities?: Record<string, unknown>
  price?: number | null
}): Promise<Node> => {
  serial += 1
  return engine.node(addressOf(serial), 'box', more.type ?? 'server', {
    p_capabilities: JSON.stringify(more.capabilities ?? {}),
    p_price_per_hour: more.price ?? null,
  })
}

/** Each door through which a node could get the job; true where it did. */
const doors: [string, (node: Node, jobId: string) => Promise<boolean>][] = [
  ['work_cycle', async (node) => (await node.cycle()).job !== null],
  ['claim_job', async (node) => (await node.rpc('claim_job')) !== null],
  [
    'next_jobs',
    async (node) => (await node.rpc<unknown[]>('next_jobs', { p_provider_address: node.address })).length > 0,
  ],
  [
    'claim_job_fair',
    (node, jobId) => node.rpc('claim_job_fair', { p_job_id: jobId, p_provider_address: node.address }),
  ],
  [
    'claim_job_fair of an offer',
    async (node, jobId) => {
      await offer(node, jobId)
      return node.rpc('claim_job_fair', { p_job_id: jobId, p_provider_address: node.address })
    },
  ],
  [
    'the fallback update of an offer',
    async (node, jobId) => {
      await offer(node, jobId)
      return node.session(async ({ query }) => {
        const rows = await query(
          `update jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending' returning id`,
          [jobId, node.address],
        )
        return rows.length > 0
      })
    },
  ],
]
/** Stands in for an offer of before the task or the node changed. */
const offer = (node: Node, jobId: string) =>
  engine.query(
    `update jobs set offered_to = n.owner_id, offered_until = now() + interval '10 seconds' from nodes n where jobs.id = $1 and n.id = $2`,
    [jobId, node.nodeId],
  )

describe.each(doors)('%s keeps to what a task needs', (_, gets) => {
  const cases: [string, Record<string, unknown>, Parameters<typeof nodeWith>[0], boolean][] = [
    [
      'a capability that is there',
      { capabilities: ['webgpu', 'cores'] },
      { capabilities: { webgpu: true, cores: 8 } },
      true,
    ],
    ['one of two missing', { capabilities: ['webgpu', 'cores'] }, { capabilities: { webgpu: true } }, false],
    ['one that is false', { capabilities: ['webgpu'] }, { capabilities: { webgpu: false } }, false],
    ['one that is null', { capabilities: ['webgpu'] }, { capabilities: { webgpu: null } }, false],
    ['one that is an object', { capabilities: ['webgpu'] }, { capabilities: { webgpu: { vendor: 'x' } } }, true],
    ['one of somebody else', { capabilities: ['toString'] }, {}, false],
    ['its worker type', { workerTypes: ['python', 'server'] }, { type: 'server' }, true],
    ['another worker type', { workerTypes: ['python', 'browser'] }, { type: 'server' }, false],
    ['a price at the limit', { maxPricePerHour: '500' }, { price: 500 }, true],
    ['a price above it', { maxPricePerHour: '500' }, { price: 501 }, false],
    ['no price, which asks for none', { maxPricePerHour: '0' }, {}, true],
    ['a built-in program, which Python has', {}, { type: 'python' }, true],
    ['a reviewed program, which JavaScript has', { type: undefined, program: reviewed }, {}, true],
    ['one that Python has not', { type: undefined, program: reviewed }, { type: 'python' }, false],
  ]
  test.each(cases)('%s', async (_case, needs, has, expected) => {
    const node = await nodeWith(has)
    const taskId = await engine.task(customer, 1, needs)
    const [job] = await engine.query<{ id: string }>(`select id from jobs where task_id = $1`, [taskId])
    expect(await gets(node, job?.id ?? '')).toBe(expected)
  })
})

test('a task that the node does not suit does not hide one that it does', async () => {
  const node = await nodeWith({})
  await engine.task(customer, 3, { capabilities: ['webgpu'], priority: 9 })
  const taskId = await engine.task(customer, 1)
  expect((await node.cycle()).job).toMatchObject({ taskId })
})

test('FJ-2, FJ-28: a Python node takes built-in programs alone, is told so, and by another type any', async () => {
  const address = addressOf(0x79)
  const node = await engine.node(address, 'box', 'python')
  await engine.task(customer, 1, { type: undefined, program: reviewed, priority: 9 })
  const explained = () =>
    node.rpc<{ reason: string; sentence: string; values: object }>('explain_claim', { p_node_id: node.nodeId })
  expect((await node.cycle()).job).toBeNull()
  expect(await explained()).toEqual({
    reason: 'program_not_allowed',
    sentence: expect.stringContaining('a Python node has the built-in ones alone'),
    values: { allowed: ['raytrace'] },
  })
  const taskId = await engine.task(customer, 1)
  const { job } = await node.cycle()
  expect(job).toMatchObject({ taskId, program: { kind: 'builtin', name: 'raytrace' } })
  // The same machine, by the program that runs any.
  expect((await (await engine.node(address, 'box', 'server')).cycle()).job).toMatchObject({ program: { kind: 'js' } })
  await expect(engine.query(`update nodes set worker_type = 'python' where id = $1`, [node.nodeId])).rejects.toThrow(
    'a Python node',
  )
})

test('a wallet has so many open tasks and no more, since every claim passes over those that do not suit its node', async () => {
  const [many, other] = [await engine.wallet(addressOf(0x77)), await engine.wallet(addressOf(0x78))]
  for (const { address } of [many, other]) await engine.deposit(address, 1_000_000n)
  await engine.query('update oblivion.settings set max_open_tasks = 2')
  const first = await engine.task(many, 1)
  await many.rpc('pause_task', { p_task_id: await engine.task(many, 1) })
  await expect(engine.task(many, 1)).rejects.toMatchObject({
    ...{ code: 'OB014', detail: expect.stringContaining('"tasks"') },
  })
  await engine.task(other, 1)
  await many.rpc('cancel_task', { p_task_id: first })
  await engine.task(many, 1)
  await engine.query('update oblivion.settings set max_open_tasks = default')
})

test('one that was tried is kept from an unsuited node too', async () => {
  const [suited, other] = [await nodeWith({ capabilities: { webgpu: true } }), await nodeWith({})]
  await engine.task(customer, 1, { capabilities: ['webgpu'] })
  const { job } = await suited.cycle()
  await suited.cycle({ jobId: job?.jobId, attempt: job?.attempt, outcome: 'released' }, false)
  expect((await other.cycle()).job).toBeNull()
  expect((await (await nodeWith({ capabilities: { webgpu: 1 } })).cycle()).job).toMatchObject({ jobId: job?.jobId })
})

test('the customer reads what it asked for', async () => {
  const taskId = await engine.task(customer, 1, {
    capabilities: ['webgpu', 'cores', 'cores'],
    workerTypes: ['server'],
    maxPricePerHour: '500',
  })
  expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
    needs: { capabilities: ['cores', 'webgpu'], workerTypes: ['server'], maxPricePerHour: '500' },
  })
  expect(await customer.rpc('get_task', { p_task_id: await engine.task(customer, 1) })).toMatchObject({
    needs: { capabilities: null, workerTypes: null, maxPricePerHour: null },
  })
})

test.each([
  ['capabilities', []],
  ['capabilities', 'webgpu'],
  ['capabilities', [1]],
  ['capabilities', [['webgpu']]],
  ['capabilities', ['']],
  ['capabilities', Array.from({ length: 21 }, (_, index) => `c${index}`)],
  ['workerTypes', []],
  ['workerTypes', ['toaster']],
  ['maxPricePerHour', -1],
  ['maxPricePerHour', '1.5'],
])('%s = %j is refused by name', async (field, value) => {
  await expect(engine.task(customer, 1, { [field]: value })).rejects.toMatchObject({ code: 'OB005' })
  await expect(engine.task(customer, 1, { [field]: value })).rejects.toThrow(field)
})
