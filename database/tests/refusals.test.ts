import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

let engine: Engine
let customer: Wallet
let stranger: Wallet
let node: Node
let taskId: string

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000n)
  customer = await engine.wallet(addressOf(1))
  stranger = await engine.wallet(addressOf(3))
  node = await engine.node(addressOf(2))
  taskId = await engine.task(customer, 4)
})
afterAll(() => engine.drop())

const oneJob = async () => {
  const [job] = await engine.query<{ id: string }>(`select id from jobs where status = 'pending' order by seq limit 1`)
  if (job === undefined) throw new Error('No pending job.')
  return job.id
}

describe("another wallet's address is refused in every call that takes one (A5)", () => {
  const calls: [string, (jobId: string, address: string) => Record<string, unknown>][] = [
    ['next_jobs', (_, address) => ({ p_provider_address: address })],
    ['claim_job', (_, address) => ({ p_provider_address: address })],
    ['claim_job_fair', (jobId, address) => ({ p_job_id: jobId, p_provider_address: address })],
    ['complete_job', (jobId, address) => ({ p_job_id: jobId, p_provider_address: address, p_result: '{}' })],
    ['fail_job', (jobId, address) => ({ p_job_id: jobId, p_provider_address: address })],
  ]
  test.each(calls)('%s', async (name, args) => {
    const jobId = await oneJob()
    await expect(stranger.rpc(name, args(jobId, node.address))).rejects.toMatchObject({ code: 'OB002' })
    await expect(node.rpc(name, args(jobId, stranger.address))).rejects.toMatchObject({ code: 'OB002' })
    await expect(
      engine.database.as({ role: 'anon' }, ({ rpc }) => rpc(name, args(jobId, node.address))),
    ).rejects.toMatchObject({ code: 'OB001' })
  })
})

test("another wallet's node is refused, by session and by key", async () => {
  const other = await engine.node(addressOf(4))
  for (const name of ['work_cycle', 'work_batch', 'heartbeat', 'explain_claim']) {
    await expect(stranger.rpc(name, { p_node_id: node.nodeId })).rejects.toMatchObject({ code: 'OB003' })
    await expect(other.rpc(name, { p_node_id: node.nodeId })).rejects.toMatchObject({ code: 'OB004' })
    await expect(
      engine.database.as({ role: 'anon' }, ({ rpc }) => rpc(name, { p_node_id: node.nodeId })),
    ).rejects.toMatchObject({ code: 'OB001' })
  }
})

test("another wallet's task is not found", async () => {
  for (const name of [
    'get_task',
    'task_inputs',
    'task_results',
    'task_failures',
    'cancel_task',
    'pause_task',
    'resume_task',
  ])
    await expect(stranger.rpc(name, { p_task_id: taskId })).rejects.toMatchObject({ code: 'OB008' })
  await expect(stranger.rpc('chunk_attempts', { p_task_id: taskId, p_chunk_index: 0 })).rejects.toMatchObject({
    code: 'OB008',
  })
})

test('an address in user_metadata, which its user can edit, makes nobody a wallet', async () => {
  const [user] = await engine.query<{ id: string }>(
    `insert into auth.users (id, aud, role, raw_user_meta_data)
     values (gen_random_uuid(), 'authenticated', 'authenticated', $1) returning id`,
    [JSON.stringify({ address: customer.address, sub: `web3:ethereum:${customer.address}` })],
  )
  const forged = {
    role: 'authenticated' as const,
    sub: user?.id ?? '',
    claims: { user_metadata: { address: customer.address, custom_claims: { address: customer.address } } },
  }
  await expect(engine.database.as(forged, ({ rpc }) => rpc('my_balance'))).rejects.toMatchObject({ code: 'OB001' })
  await expect(
    engine.database.as(forged, ({ rpc }) => rpc('register_node', { p_hardware_id: 'x' })),
  ).rejects.toMatchObject({ code: 'OB001' })
})

test('T1: one wallet signed in with a checksummed and a lower-case message is one provider', async () => {
  const checksummed = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
  const upper = await engine.node(checksummed, 'same-machine')
  const lower = await engine.node(checksummed.toLowerCase(), 'same-machine')
  expect(lower.nodeId).toBe(upper.nodeId)
  const owners = await engine.query(`select id from oblivion.owners where address = $1`, [checksummed.toLowerCase()])
  expect(owners).toHaveLength(1)
  const users = await engine.query(`select user_id from auth.identities where lower(provider_id) like '%' || $1`, [
    checksummed.toLowerCase(),
  ])
  expect(users).toHaveLength(2)
})

test.each([
  ['inputUrl', { inputUrl: 'https://evil.example/in.json' }],
  ['program.url', { program: { kind: 'builtin', name: 'raytrace', url: 'https://evil.example/p.js' } }],
])("A1: a customer's foreign URL in %s is refused", async (field, more) => {
  await expect(engine.task(customer, 1, more)).rejects.toMatchObject({
    code: 'OB009',
    detail: expect.stringContaining(field),
  })
})

test('A1: a foreign URL as a result is refused, and the job stays as it was', async () => {
  const jobId = await oneJob()
  await expect(
    node.rpc('complete_job', {
      p_job_id: jobId,
      p_provider_address: node.address,
      p_result_url: 'https://evil.example/result',
    }),
  ).rejects.toMatchObject({ code: 'OB009' })
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  await expect(node.cycle({ ...done(job), resultUrl: 'http://192.168.0.1/' })).rejects.toMatchObject({ code: 'OB009' })
  expect(await node.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)).toMatchObject({
    accepted: true,
  })
})

describe('T5: a claim on one’s own task is refused', () => {
  test('through work_cycle, claim_job, next_jobs, claim_job_fair and the direct update', async () => {
    const own = await engine.node(customer.address, 'own')
    const jobId = await oneJob()
    expect((await own.cycle()).job).toBeNull()
    expect(await own.rpc('claim_job')).toBeNull()
    expect(await own.rpc('next_jobs', { p_provider_address: own.address })).toEqual([])
    expect(await own.rpc('claim_job_fair', { p_job_id: jobId, p_provider_address: own.address })).toBe(false)
    // Even a job that somehow stands offered to its own customer.
    await engine.query(
      `update jobs set offered_to = customer_owner_id, offered_until = now() + interval '1 minute' where id = $1`,
      [jobId],
    )
    expect(await own.rpc('claim_job_fair', { p_job_id: jobId, p_provider_address: own.address })).toBe(false)
    expect(await directClaim(own, jobId, own.address)).toBe(0)
    await engine.query(`update jobs set offered_to = null, offered_until = null where id = $1`, [jobId])
  })
})

const directClaim = (who: Node | Wallet, jobId: string, address: string): Promise<number> =>
  who.session(async ({ query }) => {
    const rows = await query(
      `with claimed as (
         update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending' returning id)
       select id from claimed`,
      [jobId, address],
    )
    return rows.length
  })

describe('A4: the fallback claim, a direct update of jobs', () => {
  test('changes nothing for a job that was not offered to the caller', async () => {
    const jobId = await oneJob()
    expect(await directClaim(node, jobId, node.address)).toBe(0)
    expect(await directClaim(stranger, jobId, stranger.address)).toBe(0)
    const [row] = await engine.query(`select status, attempt from jobs where id = $1`, [jobId])
    expect(row).toMatchObject({ status: 'pending' })
  })

  test('claims an offered job with attempt, lease and counters, once', async () => {
    const [offer] = await node.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: node.address })
    if (offer === undefined) throw new Error('No offer.')
    // Shown to its taker, hidden from the rest.
    expect(await node.session(({ query }) => query('select id from public.pending_jobs_queue'))).toEqual([
      { id: offer.jobId },
    ])
    expect(await stranger.session(({ query }) => query('select id from public.pending_jobs_queue'))).toEqual([])
    expect(await directClaim(stranger, offer.jobId, stranger.address)).toBe(0)
    await expect(directClaim(node, offer.jobId, stranger.address)).resolves.toBe(0)
    expect(await directClaim(node, offer.jobId, node.address)).toBe(1)
    expect(await directClaim(node, offer.jobId, node.address)).toBe(0)
    const [row] = await engine.query(
      `select j.status, j.provider_address, n.current_jobs, j.lease_expires_at > now() as leased,
              (select count(*)::int from oblivion.attempts a where a.job_id = j.id) as ended
         from jobs j join nodes n on n.id = j.node_id where j.id = $1`,
      [offer.jobId],
    )
    expect(row).toMatchObject({
      status: 'processing',
      provider_address: node.address,
      current_jobs: 1,
      leased: true,
      ended: 0,
    })
  })

  test('can set nothing but a claim', async () => {
    const [held] = await engine.query<{ id: string }>(`select id from jobs where status = 'processing'`)
    for (const change of [`status = 'completed'`, `status = 'pending', provider_address = null`, `status = 'failed'`])
      expect(
        await node.session(({ query }) =>
          query(`with u as (update public.jobs set ${change} where id = $1 returning id) select id from u`, [held?.id]),
        ),
      ).toEqual([])
    for (const column of ['attempt = 9', 'lease_expires_at = now()', 'priority = 9', 'customer_owner_id = 1'])
      await expect(node.session(({ query }) => query(`update public.jobs set ${column}`))).rejects.toMatchObject({
        code: '42501',
      })
  })
})

describe('M8: the service key writes no money', () => {
  test.each([
    `insert into oblivion.ledger_transactions (kind, reference, asset, instance_id) values ('deposit', 'x', 'chain', 1)`,
    `insert into oblivion.receipts (job_id) values (gen_random_uuid())`,
    `insert into oblivion.vouchers (owner_id) values (1)`,
    `update oblivion.results set verdict = 'valid'`,
    `update public.jobs set status = 'completed'`,
    `insert into public.nodes (hardware_id) values ('x')`,
    `select oblivion.book('deposit', 'x', 'chain', 1, array[1], array[1])`,
    `select oblivion.record_chain_events(1, 1, 1, '0x', '[]')`,
    `select oblivion.store_voucher(1, '0x', '1', '0x')`,
    `select public.create_task('{}')`,
  ])('%s', async (sql) => {
    await expect(engine.database.as({ role: 'service_role' }, ({ query }) => query(sql))).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('and cannot become the coordinator', async () => {
    await expect(
      engine.database.as({ role: 'service_role' }, ({ query }) => query('set local role oblivion_coordinator')),
    ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('bad input gets a typed error that names the field', () => {
  test.each([
    ['title', { title: '' }],
    ['acknowledgeVisible', { acknowledgeVisible: false }],
    ['pricePerChunk', { pricePerChunk: '1' }],
    ['pricePerChunk', { pricePerChunk: '1.5' }],
    ['timeoutSeconds', { timeoutSeconds: 1 }],
    ['priority', { priority: 99 }],
    ['inputs', { inputs: [] }],
    ['inputs', { range: { start: 0, end: 3 } }],
    ['range', { inputs: undefined, range: { start: 3, end: 3 } }],
  ])('%s', async (field, more) => {
    await expect(engine.task(customer, 1, more)).rejects.toMatchObject({
      code: 'OB005',
      detail: expect.stringContaining(field),
    })
  })
  test('what is not built yet says so', async () => {
    await expect(engine.task(customer, 1, { determinism: 'exact' })).rejects.toMatchObject({ code: 'OB006' })
  })
  test('money that is not there', async () => {
    await expect(engine.task(customer, 2, { pricePerChunk: '900000' })).rejects.toMatchObject({ code: 'OB007' })
    await expect(engine.task(customer, 2, { budget: '1999' })).rejects.toMatchObject({ code: 'OB013' })
    await expect(engine.task(stranger, 1)).rejects.toMatchObject({ code: 'OB007' })
  })
  test('too many chunks', async () => {
    await expect(
      engine.task(customer, 1, { inputs: undefined, range: { start: 0, end: 1_000_001 } }),
    ).rejects.toMatchObject({
      code: 'OB014',
    })
  })
})
