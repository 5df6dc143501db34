import type { ActAs, TestDatabase } from '@oblivion/stack/testing'
import { BRIDGE } from '../engine/embedding.ts'
import { addressOf, done, type Engine, engineOn, type Node, type WorkCycle } from '../engine/engine.ts'
import type { Caller } from './declared.ts'

/** A database in which wallets A and B have one of everything, and each caller of the matrix as the gateway would set it up. */
export type World = {
  engine: Engine
  as: Record<Caller, ActAs>
  /** What to name in a call, by the name of the parameter: what is A's. */
  named: Record<string, string>
  /** And what this caller alone names. */
  namedBy: Partial<Record<Caller, Record<string, string>>>
}

type ApiKey = { keyId: string; key: string }
type Party = {
  node: Node
  taskId: string
  siteId: string
  siteKey: string
  scheduleId: string
  jobId: string
  userId: string
  apiKey: ApiKey
}

/** Fills a migrated database. Each of the two has a task, a node, a completed job, and a pending one offered to it. */
export const createWorld = async (database: TestDatabase): Promise<World> => {
  const engine = await engineOn(database)
  // Offers stand until all was tried, however slow the machine is.
  await engine.query(`update oblivion.settings set offer_window = '1 hour'`)
  const [customer, ...parties] = [addressOf(0xc), addressOf(0xa), addressOf(0xb)]
  for (const address of [customer, ...parties]) await engine.deposit(address, 1_000_000n)
  await engine.task(await engine.wallet(customer), 8)
  const bystander = await engine.node(addressOf(0xd))
  await bystander.cycle()
  const [a, b] = [await join(engine, addressOf(0xa)), await join(engine, addressOf(0xb))]
  const visitorKey = await visit(engine, a.siteKey)
  // The public figures are kept: as of now.
  await engine.query(
    `with old as (update oblivion.network_stats set next_at = '-infinity')
     update oblivion.counted_jobs set next_at = '-infinity'`,
  )
  await engine.coordinator('refresh_network_stats')
  const [anonymous] = await engine.query<{ id: string }>(
    `insert into auth.users (id, aud, role, is_anonymous)
     values (gen_random_uuid(), 'authenticated', 'authenticated', true) returning id`,
  )
  return {
    engine,
    as: {
      anon: { role: 'anon' },
      'anonymous user': { role: 'authenticated', sub: anonymous?.id ?? '', claims: { is_anonymous: true } },
      'wallet A': { role: 'authenticated', sub: a.userId },
      'wallet B': { role: 'authenticated', sub: b.userId },
      'node key of A': { role: 'anon', headers: { 'x-node-key': a.node.key } },
      'node key of B': { role: 'anon', headers: { 'x-node-key': b.node.key } },
      'API key of A': { role: 'anon', headers: { 'x-api-key': a.apiKey.key } },
      'API key of B': { role: 'anon', headers: { 'x-api-key': b.apiKey.key } },
      'site key of A': { role: 'anon', headers: { origin: BRIDGE } },
      'visitor of A': { role: 'anon', headers: { origin: BRIDGE, 'x-node-key': visitorKey } },
      service_role: { role: 'service_role' },
      oblivion_coordinator: { role: 'oblivion_coordinator' },
    },
    named: {
      p_node_id: a.node.nodeId,
      p_worker_id: a.node.nodeId,
      p_job_id: a.jobId,
      p_task_id: a.taskId,
      p_site_id: a.siteId,
      p_schedule_id: a.scheduleId,
      p_key_id: a.apiKey.keyId,
      p_provider_address: a.node.address,
      p_topic: `task:${a.taskId}`,
      p_hardware_id: 'another',
      p_worker_type: 'browser',
      p_capabilities: '{}',
      p_attempt: '1',
      p_status: 'completed',
      p_limit: '1',
    },
    namedBy: { 'site key of A': { p_site_key: a.siteKey } },
  }
}

const join = async (engine: Engine, address: string): Promise<Party> => {
  const node = await engine.node(address, 'first', 'server')
  const { userId } = await engine.database.createWallet(address)
  const taskId = await engine.task(await engine.wallet(address), 2)
  const { job } = await node.cycle()
  if (job === null) throw new Error(`${address} was given no job.`)
  await node.cycle(done(job), false)
  const [offer] = await node.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: node.address })
  if (offer === undefined) throw new Error(`${address} was offered no job.`)
  // An offer stands for seconds; on a busy machine everything below takes longer.
  await engine.query(`update jobs set offered_until = now() + interval '1 hour' where id = $1`, [offer.jobId])
  const site = { name: 'A site', origins: ['https://site.example'] }
  const { siteId, siteKey } = await (await engine.wallet(address)).rpc<{ siteId: string; siteKey: string }>(
    'create_site',
    {
      p_site: JSON.stringify(site),
    },
  )
  const task = { title: 'A batch', type: 'raytrace', inputs: [1], pricePerChunk: '1000', acknowledgeVisible: true }
  const { scheduleId } = await (await engine.wallet(address)).rpc<{ scheduleId: string }>('create_schedule', {
    p_schedule: JSON.stringify({ name: 'A schedule', task }),
  })
  const apiKey = await (await engine.wallet(address)).rpc<ApiKey>('create_api_key', {
    p_key: JSON.stringify({ name: 'A program', scopes: ['read', 'tasks'], spendingLimit: '1000' }),
  })
  return { node, taskId, siteId, siteKey, scheduleId, jobId: offer.jobId, userId, apiKey }
}

/** A visitor of a site, who has done a job and is offered another, as the two wallets are; answers its node's secret. */
const visit = async (engine: Engine, siteKey: string): Promise<string> => {
  await engine.coordinator('set_embedding', [[BRIDGE], null])
  const { nodeId, nodeSecret } = await engine.database.as({ role: 'anon', headers: { origin: BRIDGE } }, ({ rpc }) =>
    rpc<{ nodeId: string; nodeSecret: string }>('register_node', { p_hardware_id: 'a browser', p_site_key: siteKey }),
  )
  const [node] = await engine.query<{ address: string }>(
    'select provider_address as address from nodes where id = $1',
    [nodeId],
  )
  const call = <T>(name: string, args: Record<string, unknown>): Promise<T> =>
    engine.database.as({ role: 'anon', headers: { 'x-node-key': nodeSecret } }, ({ rpc }) => rpc<T>(name, args))
  const { job } = await call<WorkCycle>('work_cycle', { p_node_id: nodeId })
  if (job === null) throw new Error('The visitor was given no job.')
  await call('work_cycle', { p_node_id: nodeId, p_done: JSON.stringify(done(job)), p_claim: false })
  const [offer] = await call<{ jobId: string }[]>('next_jobs', { p_provider_address: node?.address })
  if (offer === undefined) throw new Error('The visitor was offered no job.')
  await engine.query(`update jobs set offered_until = now() + interval '1 hour' where id = $1`, [offer.jobId])
  return nodeSecret
}
