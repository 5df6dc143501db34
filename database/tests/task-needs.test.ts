import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

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

describe.each(doors)('RN-5, RN-32: %s keeps to what a task needs', (_, gets) => {
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
    sentence: expect.stringContaining('a Python node has built-in ones alone'),
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

test('many that the node does not suit are passed over at once, and none of their jobs is locked', async () => {
  const node = await nodeWith({})
  const ids: string[] = []
  for (let i = 0; i < 5; i += 1) ids.push(await engine.task(customer, 1, { capabilities: ['webgpu'] }))
  const locked = async () => {
    const [row] = await engine.query<{ count: number }>(
      // A row's own change leaves its mark there too, where a trigger looked at it.
      `select count(*)::int from jobs where task_id = any ($1) and xmax::text not in ('0', xmin::text)`,
      [ids],
    )
    return row?.count
  }
  expect((await node.cycle()).job).toBeNull()
  // The first is looked at as a claim looks.
  expect(await locked()).toBe(1)
  const behind = await engine.task(customer, 1)
  expect((await node.cycle()).job).toMatchObject({ taskId: behind })
  // The same once somebody else has tried them.
  await engine.query(
    `update jobs set excluded_owner_id = o.id, excluded_owner_ids = array[o.id], attempt = 1, moves = moves + 1
       from oblivion.owners o where o.address = $2 and task_id = any ($1)`,
    [ids, addressOf(1)],
  )
  expect((await (await nodeWith({})).cycle()).job).toBeNull()
  expect(await locked()).toBe(0)
  expect(ids).toContain((await (await nodeWith({ capabilities: { webgpu: true } })).cycle()).job?.taskId)
})

/** So many tasks, one posted a second from an hour ago on, that ask for what no node has; of a wallet of their own. */
const unsuited = async (count: number): Promise<void> => {
  serial += 1
  const other = await engine.wallet(addressOf(serial))
  await engine.deposit(other.address, 1_000_000n)
  const like = await engine.task(other, 1, { capabilities: ['webgpu'] })
  await engine.query(
    `with posted as (
       insert into oblivion.tasks (owner_id, title, type, program, program_keys, chunk_count, asset, instance_id,
         price_per_chunk, fee_bps, budget, max_attempts, timeout_seconds, priority, capabilities, created_at)
       select t.owner_id, t.title, t.type, t.program, t.program_keys, 1, t.asset, t.instance_id, t.price_per_chunk,
              t.fee_bps, t.budget, t.max_attempts, t.timeout_seconds, 5, t.capabilities,
              now() - interval '1 hour' + g * interval '1 second'
         from oblivion.tasks t, generate_series(1, $2::int) g where t.id = $1
       returning id, owner_id, type, created_at)
     insert into jobs (task_id, chunk_index, type, priority, customer_owner_id, created_at)
     select id, 0, type, 5, owner_id, created_at from posted`,
    [like, count],
  )
}

/** Puts a task of priority 5 among them: 1,300 lie before it. */
const placeAmong = (taskId: string) =>
  engine.query(
    `with place as (
       select created_at + interval '1 millisecond' as created_at from jobs where priority = 5 and status = 'pending'
        order by created_at offset 1300 limit 1
     ), task as (
       update oblivion.tasks t set created_at = p.created_at from place p where t.id = $1)
     update jobs j set moves = j.moves + 1, created_at = p.created_at from place p where j.task_id = $1`,
    [taskId],
  )

test('more than one call passes over keep nothing from a node, which goes on by lot and comes to work in each call', async () => {
  const node = await nodeWith({})
  await engine.query(`update oblivion.tasks set status = 'cancelled', finished_at = now() where status = 'running'`)
  await unsuited(2500)
  const behind = await engine.task(customer, 300)
  const among = await engine.task(customer, 1, { priority: 5 })
  await placeAmong(among)
  // Each call brings a job: the second lot is of the two plain tasks alone.
  const found = new Set<string | undefined>()
  let job = (await node.cycle()).job
  for (let call = 0; call < 30; call += 1) {
    found.add(job?.taskId)
    if (job === null) break
    job = (await node.cycle(done(job, { ok: call }))).job
  }
  expect(found).not.toContain(undefined)
  // What lies among them too, by the first lot alone in one of 12 calls, while there is enough behind.
  for (let call = 0; call < 300 && !found.has(among); call += 1) {
    found.add(job?.taskId)
    job = (await node.cycle(job && done(job, { ok: call }))).job
  }
  expect(found).toEqual(new Set([behind, among]))
})

test('who has found the one task that it suits, behind more than a call passes over, goes on with it', async () => {
  const node = await nodeWith({ capabilities: { cores: 8 } })
  await engine.query(`update oblivion.tasks set status = 'cancelled', finished_at = now() where status = 'running'`)
  const taskId = await engine.task(customer, 50, { capabilities: ['cores'], priority: 5 })
  let { job } = await node.cycle()
  await unsuited(2500)
  await placeAmong(taskId)
  for (let call = 0; call < 40; call += 1) {
    expect(job).toMatchObject({ taskId })
    job = (await node.cycle(job && done(job, { ok: call }))).job
  }
})

describe('who is idle and could not take a job keeps nobody from it', () => {
  const away = () => engine.query(`update nodes set last_seen = '2026-01-01', next_poll_at = '2026-01-01'`)
  const giveBack = async (by: Node) => {
    const { job } = await by.cycle()
    await by.cycle({ jobId: job?.jobId, attempt: job?.attempt, outcome: 'released' }, false)
    return job?.jobId
  }
  beforeEach(away)

  test('its own retry comes at once to a tab beside a Python node, and not beside one that the task suits', async () => {
    const [tab, python] = [await nodeWith({ type: 'browser' }), await nodeWith({ type: 'python' })]
    await engine.task(customer, 1, { type: undefined, program: reviewed })
    const jobId = await giveBack(tab)
    expect((await python.cycle()).job).toBeNull()
    const server = await nodeWith({})
    expect((await tab.cycle()).job).toBeNull()
    // Nor where its latest look was at a task that somebody put at the head.
    await engine.query(`update nodes set unsuited_until = now() + interval '1 minute' where id = $1`, [server.nodeId])
    expect((await tab.cycle()).job).toBeNull()
    await engine.query(`update nodes set last_seen = '2026-01-01', next_poll_at = '2026-01-01' where id = $1`, [
      server.nodeId,
    ])
    expect((await tab.cycle()).job).toMatchObject({ jobId })
  })

  test('nor does who has no claim budget left', async () => {
    const [node, spent] = [await nodeWith({}), await nodeWith({})]
    await engine.query(`update oblivion.owners set claims_from = now() + interval '10 minutes' where address = $1`, [
      spent.address,
    ])
    await engine.task(customer, 1)
    const jobId = await giveBack(node)
    expect((await node.cycle()).job).toMatchObject({ jobId })
  })

  test('what a newcomer gave back waits for the proven whom it suits, and for no others', async () => {
    const proven = [await nodeWith({ type: 'python' }), await nodeWith({})] as const
    await engine.query('update oblivion.owners set proven_count = 100 where address = any ($1)', [
      proven.map(({ address }) => address),
    ])
    const [first, second] = [await nodeWith({}), await nodeWith({})]
    await engine.task(customer, 1, { type: undefined, program: reviewed })
    const jobId = await giveBack(first)
    expect((await second.cycle()).job).toBeNull()
    await engine.query(`update nodes set last_seen = '2026-01-01', next_poll_at = '2026-01-01' where id = $1`, [
      proven[1].nodeId,
    ])
    expect((await second.cycle()).job).toMatchObject({ jobId })
  })

  test('what every proven owner gave back goes to a newcomer at once, and after one newcomer back to the proven', async () => {
    const [proven, idle] = [await nodeWith({}), await nodeWith({})]
    await engine.query('update oblivion.owners set proven_count = 100 where address = any ($1)', [
      [proven.address, idle.address],
    ])
    const [first, second] = [await nodeWith({}), await nodeWith({})]
    await engine.task(customer, 1)
    const jobId = await giveBack(proven)
    // Another proven one is there, who has not tried it.
    expect((await first.cycle()).job).toBeNull()
    expect((await proven.cycle()).job).toBeNull()
    expect(await giveBack(idle)).toBe(jobId)
    // Now newcomers may, so those who tried it wait for them.
    expect((await proven.cycle()).job).toBeNull()
    expect(await giveBack(first)).toBe(jobId)
    // One of them was enough.
    expect((await second.cycle()).job).toBeNull()
    expect((await proven.cycle()).job).toMatchObject({ jobId })
  })
})

test('a Python node that registered before a built-in program came gets its tasks once it is there', async () => {
  const node = await nodeWith({ type: 'python' })
  const migration = await readFile(
    new URL('../supabase/migrations/20261124000625_builtin_programs.sql', import.meta.url),
    'utf8',
  )
  await engine.query(`insert into oblivion.builtin_programs (name) values ('later')`)
  await engine.query(migration.slice(migration.indexOf('update public.nodes')))
  const [row] = await engine.query('select programs from nodes where id = $1', [node.nodeId])
  expect(row).toEqual({ programs: ['later', 'raytrace'] })
  await engine.query(`delete from oblivion.builtin_programs where name = 'later'`)
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
