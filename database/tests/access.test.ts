import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differences, functionGrants, type Grants, type Role, relationGrants } from './engine/access.ts'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * Who may do what, complete by construction: every object of the catalogue is held against these lists, so a new one that
 * nobody thought about is a failing test (A3, M8, T7, A15).
 */

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.drop())

const anyone: Role[] = ['anon', 'authenticated', 'service_role']
const callers: Role[] = ['anon', 'authenticated']
const coordinator: Role[] = ['oblivion_coordinator']
const to = (who: Role[]) => Object.fromEntries(who.map((role) => [role, 'execute']))

/** Every function that some role may execute. All others of both schemas: none of the four. */
const functions: Grants = {
  // Figures for everybody.
  'public.get_network_stats()': to(anyone),
  'public.get_worker_stats()': to(anyone),
  'public.cleanup_stale_jobs()': to(anyone),
  'oblivion.job_counts()': to(anyone),
  'oblivion.active_job_counts()': to(anyone),
  // Nodes: a key makes an anonymous caller one.
  'public.work_cycle(p_node_id uuid, p_done jsonb, p_claim boolean)': to(callers),
  'public.work_batch(p_node_id uuid, p_done jsonb, p_limit integer)': to(callers),
  'public.explain_claim(p_node_id uuid)': to(callers),
  'public.heartbeat(p_node_id uuid, p_job_id uuid, p_attempt integer, p_progress numeric, p_metrics jsonb)':
    to(callers),
  'public.next_jobs(p_provider_address text, p_limit integer)': to(callers),
  'public.claim_job_fair(p_job_id uuid, p_provider_address text)': to(callers),
  'public.complete_job(p_job_id uuid, p_provider_address text, p_result_url text, p_status text, p_attempt integer, p_result jsonb, p_result_hash text, p_error text)':
    to(callers),
  'public.fail_job(p_job_id uuid, p_provider_address text, p_error text, p_attempt integer)': to(callers),
  // Wallets; an anonymous caller is told in words that it is none.
  'public.register_node(p_hardware_id text, p_worker_type text, p_capabilities jsonb, p_price_per_hour bigint, p_site_key text)':
    to(callers),
  'public.create_task(p_task jsonb)': to(callers),
  'public.get_task(p_task_id uuid)': to(callers),
  'public.list_tasks(p_limit integer)': to(callers),
  'public.cancel_task(p_task_id uuid)': to(callers),
  'public.pause_task(p_task_id uuid)': to(callers),
  'public.resume_task(p_task_id uuid)': to(callers),
  'public.task_results(p_task_id uuid, p_after integer, p_limit integer, p_chunks integer[])': to(callers),
  'public.my_balance()': to(callers),
  'public.my_earnings()': to(callers),
  'public.my_voucher()': to(callers),
  // What row policies call as their reader. The schema is not exposed by the API.
  'oblivion.caller_wallet()': to(callers),
  'oblivion.caller_provider()': to(callers),
  'oblivion.caller_owner()': to(callers),
  'oblivion.node_key_hash()': to(callers),
  'oblivion.may_watch(p_topic text)': to(callers),
  // Money and time: the coordinator's own login, which no token gives (M8).
  'oblivion.settlement_instance()': to(coordinator),
  'oblivion.open_settlement_instance(p_chain_id bigint, p_contract text, p_token text, p_genesis text, p_block bigint)':
    to(coordinator),
  'oblivion.halt_settlement(p_instance_id bigint, p_reason text)': to(coordinator),
  'oblivion.resume_settlement(p_instance_id bigint)': to(coordinator),
  'oblivion.record_chain_events(p_instance_id bigint, p_from_block bigint, p_to_block bigint, p_to_hash text, p_events jsonb)':
    to(coordinator),
  'oblivion.charges_due(p_instance_id bigint)': to(coordinator),
  'oblivion.vouchers_due(p_instance_id bigint)': to(coordinator),
  'oblivion.store_voucher(p_instance_id bigint, p_provider text, p_cumulative text, p_signature text)': to(coordinator),
  'oblivion.ledger_state(p_instance_id bigint)': to(coordinator),
  'oblivion.set_fee_bps(p_fee_bps integer)': to(coordinator),
  'oblivion.set_max_jobs(p_node_id uuid, p_max_jobs integer)': to(coordinator),
  'oblivion.run_rescue()': to(coordinator),
  'oblivion.send_task_digests()': to(coordinator),
  'oblivion.refresh_network_stats()': to(coordinator),
}

const nodeColumns =
  'select(id,provider_address,hardware_id,worker_type,capabilities,price_per_hour,max_jobs,current_jobs,total_jobs_completed,last_seen,next_poll_at,registered_at)'
const offered = 'select update(status,provider_address)'

/** Every table, view and sequence on which some role has some right; rows are bounded further by policies. */
const relations: Grants = {
  job_stats: { anon: 'select', authenticated: 'select', service_role: 'select' },
  active_jobs: { anon: 'select', authenticated: 'select', service_role: 'select' },
  pending_jobs_queue: { anon: 'select', authenticated: 'select', service_role: 'select' },
  // The two columns of the fallback claim, which a trigger decides.
  jobs: { anon: offered, authenticated: offered, service_role: 'select' },
  nodes: { anon: nodeColumns, authenticated: nodeColumns, service_role: 'select' },
}

/** The list says what is open; what it leaves out is closed to all four. */
const withTheRest = (actual: Grants, open: Grants): Grants => ({
  ...Object.fromEntries(Object.keys(actual).map((object) => [object, {}])),
  ...open,
})

describe('the catalogue against the lists', () => {
  test('functions x roles', async () => {
    const actual = await functionGrants(engine.query)
    // So that an empty answer proves nothing.
    expect(Object.keys(actual).length).toBeGreaterThan(60)
    expect(differences(actual, withTheRest(actual, functions))).toEqual([])
  })

  test('tables, views, sequences x roles x verbs x columns', async () => {
    const actual = await relationGrants(engine.query)
    expect(Object.keys(actual).length).toBeGreaterThan(20)
    expect(differences(actual, withTheRest(actual, relations))).toEqual([])
  })

  test('a new object that nobody thought about is noticed', async () => {
    const reports = await engine.database.as({ role: 'postgres' }, async ({ query }) => {
      await query(
        `create function public.planted(p_how text default 'overload') returns int language sql as 'select 1'`,
      )
      await query('create table public.planted_table (id bigint generated always as identity)')
      await query(
        'grant execute on function oblivion.book(text, text, text, bigint, bigint[], bigint[]) to service_role',
      )
      await query('grant insert (id) on oblivion.receipts to authenticated')
      const f = await functionGrants(query)
      const r = await relationGrants(query)
      const found = [...differences(f, withTheRest(f, functions)), ...differences(r, withTheRest(r, relations))]
      await query(`drop function public.planted(text)`)
      await query(`drop table public.planted_table`)
      await query(
        'revoke execute on function oblivion.book(text, text, text, bigint, bigint[], bigint[]) from service_role',
      )
      await query('revoke insert (id) on oblivion.receipts from authenticated')
      return found
    })
    // Hosted-style default grants give each new function and table in public to everybody.
    expect(reports).toContain('anon has execute on public.planted(p_how text), and may nothing')
    expect(reports.filter((line) => line.includes('planted_table'))).toHaveLength(3 + 3)
    expect(reports).toContainEqual(expect.stringMatching(/^service_role has execute on oblivion\.book/))
    expect(reports).toContain('authenticated has insert(id) on oblivion.receipts, and may nothing')
  })

  test('the schema of the engine lets nobody make anything in it', async () => {
    const rows = await engine.query(
      `select r.role, n.name from unnest($1::text[]) as r (role), (values ('oblivion'), ('public')) as n (name)
        where has_schema_privilege(r.role, n.name, 'create')`,
      [[...anyone, ...coordinator]],
    )
    expect(rows).toEqual([])
  })
})

describe('habits that the catalogue can show', () => {
  const ours = `p.pronamespace in ('public'::regnamespace, 'oblivion'::regnamespace)`
  test('every function has an empty search path: a temporary table of the caller cannot stand in for ours', async () => {
    // Or a body that was parsed when it was made (`return ...`), whose names stand for the same things ever after: such a
    // function costs no call, for it can be inlined.
    const rows = await engine.query(
      `select p.oid::regprocedure::text as name from pg_catalog.pg_proc p
        where ${ours} and p.prosqlbody is null and not coalesce(p.proconfig @> array['search_path=""'], false)`,
    )
    expect(rows).toEqual([])
  })
  test('every function and every table says what it is for', async () => {
    const rows = await engine.query(
      `select p.oid::regprocedure::text as name from pg_catalog.pg_proc p
        where ${ours} and obj_description(p.oid, 'pg_proc') is null
       union all
       select c.oid::regclass::text from pg_catalog.pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and obj_description(c.oid, 'pg_class') is null`,
    )
    expect(rows).toEqual([])
  })
  test('every view reads with the rights of its reader', async () => {
    const views = await engine.query<{ name: string; invoker: boolean }>(
      `select c.relname as name, coalesce(c.reloptions @> array['security_invoker=true'], false) as invoker
         from pg_catalog.pg_class c
        where c.relkind in ('v', 'm') and c.relnamespace in ('public'::regnamespace, 'oblivion'::regnamespace)`,
    )
    expect(views.length).toBe(3)
    expect(views.filter(({ invoker }) => !invoker)).toEqual([])
  })
  test('every table has row security on', async () => {
    const rows = await engine.query(
      `select c.oid::regclass::text as name from pg_catalog.pg_class c
        where c.relkind in ('r', 'p') and not c.relrowsecurity
          and c.relnamespace in ('public'::regnamespace, 'oblivion'::regnamespace)`,
    )
    expect(rows).toEqual([])
  })
  test('every policy is one of these', async () => {
    const rows = await engine.query<{ policy: string }>(
      `select format('%s.%s %s %s: %s', schemaname, tablename, lower(cmd), array_to_string(roles, ','), policyname) as policy
         from pg_catalog.pg_policies
        where schemaname in ('public', 'oblivion', 'realtime') order by 1`,
    )
    expect(rows.map(({ policy }) => policy)).toEqual([
      'public.jobs select anon,authenticated: a provider sees what it holds, did, or is offered',
      'public.jobs update anon,authenticated: a provider claims what it is offered',
      'public.nodes select anon,authenticated: a wallet sees its own nodes',
      'realtime.messages select authenticated: oblivion: a customer watches its own tasks',
    ])
  })
})

describe('nobody becomes the coordinator (M8)', () => {
  test('authenticator cannot set role to it, nor to who owns the ledger', async () => {
    const client = new pg.Client({ connectionString: engine.database.authenticatorUrl })
    await client.connect()
    try {
      for (const role of ['oblivion_coordinator', 'postgres', 'supabase_admin'])
        await expect(client.query(`set role ${role}`)).rejects.toMatchObject({ code: '42501' })
    } finally {
      await client.end()
    }
  })
  test('no API role is a member of it', async () => {
    const rows = await engine.query(
      `select r.role from unnest($1::text[]) as r (role) where pg_has_role(r.role, 'oblivion_coordinator', 'member')`,
      [[...anyone, 'authenticator']],
    )
    expect(rows).toEqual([])
  })
  test('and it writes no table by itself: only functions', async () => {
    for (const sql of [
      `insert into oblivion.receipts (job_id) values (gen_random_uuid())`,
      `update oblivion.vouchers set cumulative = 1`,
      `select * from oblivion.ledger_entries`,
      `select * from public.jobs`,
      `select public.my_balance()`,
    ])
      await expect(
        engine.database.as({ role: 'oblivion_coordinator' }, ({ query }) => query(sql)),
      ).rejects.toMatchObject({
        code: '42501',
      })
  })
})

describe('what strangers see of unfinished work (T7)', () => {
  let customer: Wallet
  let other: Wallet
  let holder: Node
  let offeree: Node
  let colluder: Node
  let taskId: string

  beforeAll(async () => {
    await engine.deposit(addressOf(1), 1_000_000n)
    customer = await engine.wallet(addressOf(1))
    other = await engine.wallet(addressOf(9))
    holder = await engine.node(addressOf(2))
    offeree = await engine.node(addressOf(3))
    colluder = await engine.node(addressOf(4))
    taskId = await engine.task(customer, 4)
    const { job } = await holder.cycle()
    if (job === null) throw new Error('No job.')
    await holder.cycle(done(job))
    await offeree.rpc('next_jobs', { p_provider_address: offeree.address })
    // One completed by the holder, one held by it, one offered to another, one pending.
    const [state] = await engine.query(
      `select count(*) filter (where status = 'completed')::int as completed,
              count(*) filter (where status = 'processing')::int as processing,
              count(*) filter (where offered_until > now())::int as offered,
              count(*) filter (where status = 'pending')::int as pending from jobs`,
    )
    expect(state).toEqual({ completed: 1, processing: 1, offered: 1, pending: 2 })
  })

  const everyone = () => ({
    anon: <T>(sql: string) => engine.database.as({ role: 'anon' }, ({ query }) => query(sql)) as Promise<T[]>,
    'wallet B': <T>(sql: string) => other.session(({ query }) => query(sql)) as Promise<T[]>,
    'a provider without a part in it': <T>(sql: string) => colluder.session(({ query }) => query(sql)) as Promise<T[]>,
    "the task's own customer": <T>(sql: string) => customer.session(({ query }) => query(sql)) as Promise<T[]>,
  })

  test.each(['anon', 'wallet B', 'a provider without a part in it', "the task's own customer"] as const)(
    '%s sees no row of it',
    async (who) => {
      const query = everyone()[who]
      expect(await query('select id from public.jobs')).toEqual([])
      expect(await query('select id from public.pending_jobs_queue')).toEqual([])
      expect(
        await query(`update public.jobs set status = 'processing', provider_address = '${other.address}' returning id`),
      ).toEqual([])
    },
  )

  test('its holder sees what it holds and did, who is offered a job sees that one', async () => {
    const rows = (node: Node) => node.session(({ query }) => query('select status from public.jobs order by status'))
    expect(await rows(holder)).toEqual([{ status: 'completed' }, { status: 'processing' }])
    expect(await rows(offeree)).toEqual([{ status: 'pending' }])
    expect(await offeree.session(({ query }) => query('select status from public.pending_jobs_queue'))).toHaveLength(1)
  })

  test('active_jobs, job_stats and the worker table hold counts, no ids and no whole address', async () => {
    const ids = await engine.query<{ id: string; task_id: string }>('select id, task_id from jobs')
    const query = everyone().anon
    const active = await query<Record<string, unknown>>('select * from public.active_jobs')
    expect(active).toHaveLength(1)
    expect(Object.keys(active[0] ?? {})).toEqual(['worker', 'worker_type', 'type', 'active_jobs', 'oldest_started_at'])
    const shown = JSON.stringify([
      active,
      await query('select * from public.job_stats'),
      await query('select * from public.get_worker_stats()'),
      await query('select public.get_network_stats()'),
    ])
    const [nodes] = [await engine.query<{ id: string }>('select id from nodes')]
    for (const secret of [
      ...ids.flatMap(({ id, task_id }) => [id, task_id]),
      ...nodes.map(({ id }) => id),
      ...[holder, offeree, customer].map(({ address }) => address),
    ])
      expect(shown).not.toContain(secret)
  })

  test('its customer sees states by letter, results of what was accepted, and no provider of the rest', async () => {
    const task = await customer.rpc<Record<string, unknown>>('get_task', { p_task_id: taskId })
    expect(task.chunks).toBe('crpp')
    const shown = JSON.stringify([task, await customer.rpc('list_tasks')])
    for (const address of [holder.address, offeree.address]) expect(shown).not.toContain(address)
    const { results } = await customer.rpc<{ results: unknown[] }>('task_results', { p_task_id: taskId })
    expect(results).toHaveLength(1)
  })

  test('a wallet sees its own nodes and no key', async () => {
    expect(await other.session(({ query }) => query('select id from public.nodes'))).toEqual([])
    expect(await holder.session(({ query }) => query('select provider_address from public.nodes'))).toEqual([
      { provider_address: holder.address },
    ])
    for (const column of ['key_hash', 'owner_id'])
      await expect(holder.session(({ query }) => query(`select ${column} from public.nodes`))).rejects.toMatchObject({
        code: '42501',
      })
  })

  describe('Realtime (A15)', () => {
    const read = (who: Wallet, topic: string) =>
      who.session(async ({ query }) => {
        await query(`select set_config('realtime.topic', $1, true)`, [topic])
        return query('select topic from realtime.messages')
      })

    test("only the task's customer reads its topic", async () => {
      expect(await engine.coordinator('send_task_digests')).toBe(1)
      const topic = `task:${taskId}`
      expect(await read(customer, topic)).toEqual([{ topic }])
      expect(await read(other, topic)).toEqual([])
      expect(await read(customer, 'task:00000000-0000-0000-0000-000000000000')).toEqual([])
      expect(await read(customer, 'task:')).toEqual([])
      const anonymous = await engine.database.as({ role: 'anon' }, async ({ query }) => {
        await query(`select set_config('realtime.topic', $1, true)`, [topic])
        return query('select topic from realtime.messages')
      })
      expect(anonymous).toEqual([])
    })

    test('no client sends, its customer included', async () => {
      const sql = `insert into realtime.messages (topic, extension, event, payload, private)
                   values ('task:${taskId}', 'broadcast', 'digest', '{}', true)`
      await expect(customer.session(({ query }) => query(sql))).rejects.toMatchObject({ code: '42501' })
      await expect(holder.session(({ query }) => query(sql))).rejects.toMatchObject({ code: '42501' })
      await expect(
        customer.session(({ query }) => query('update realtime.messages set event = event returning id')),
      ).resolves.toEqual([])
    })
  })
})
