import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDatabase, databaseUrl, type TestDatabase } from '@oblivion/stack/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { signApiKey } from '../../packages/stack/src/gateway/auth/signApiKey.ts'
import { type Gateway, startGateway } from '../../packages/stack/src/gateway/startGateway.ts'
import { migrate, readMigrations } from '../../packages/stack/src/migrate/migrate.ts'
import { migrationsFolder } from '../../packages/stack/src/migrate/migrationsFolder.ts'
import { accessPage } from './access/accessPage.ts'
import { audiences, relations } from './access/declared.ts'
import { functionSurprises, relationSurprises } from './access/differences.ts'
import { type Measured, measureFunctions, measureRelations } from './access/measure.ts'
import { createWorld, type World } from './access/world.ts'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * Who may do what, complete by construction: every function, table, view and sequence of the catalogue is tried as every
 * caller, so a new one that nobody thought about is a failing test (A3, A5, M8, T7, A15).
 */

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.drop())

const anyone = ['anon', 'authenticated', 'service_role']
const coordinator = ['oblivion_coordinator']

/** Every object of a database with rows in it, tried as every caller. */
const measure = async (world: World) => ({
  functions: await measureFunctions(world),
  relations: await measureRelations(world),
})

describe('the matrix: everything of the catalogue, tried as every caller', () => {
  let database: TestDatabase
  let measured: { functions: Measured<string>; relations: Measured<string[]> }
  beforeAll(async () => {
    database = await createDatabase(inject('cluster'))
    measured = await measure(await createWorld(database))
  })
  afterAll(() => database.drop())

  test('RN-30: functions: 0 surprises', () => {
    expect(functionSurprises(measured.functions)).toEqual([])
    // So that an empty answer proves nothing.
    expect(Object.keys(measured.functions).length).toBeGreaterThan(100)
    expect(Object.keys(measured.functions).length).toBeGreaterThan(audiences.flatMap((a) => a.functions).length * 2)
  })
  test('tables, views and sequences, each verb: 0 surprises', () => {
    expect(relationSurprises(measured.relations)).toEqual([])
    expect(Object.keys(measured.relations).length).toBeGreaterThan(20)
    expect(Object.keys(measured.relations)).toEqual(expect.arrayContaining(Object.keys(relations)))
  })
  test('no right is left to other roles of the API, or to everybody', async () => {
    const rows = await database.query(
      `select p.oid::regprocedure::text as name from pg_catalog.pg_proc p, lateral aclexplode(p.proacl) g
        where p.pronamespace in ('public'::regnamespace, 'oblivion'::regnamespace) and g.grantee in (0, 'authenticator'::regrole)
       union all
       select c.oid::regclass::text from pg_catalog.pg_class c, lateral aclexplode(c.relacl) g
        where c.relnamespace in ('public'::regnamespace, 'oblivion'::regnamespace) and g.grantee in (0, 'authenticator'::regrole)`,
    )
    expect(rows).toEqual([])
  })
})

/*
 * A migration of ours that makes things and grants nothing, before the last one, and mistakes of the kind that review
 * misses: the matrix has to name each of them, and a stranger has to find a closed door.
 */
describe('A3: an object added without grants is unreachable and fails the check', () => {
  let database: TestDatabase
  let world: World
  let gateway: Gateway
  let anonKey: string
  const jwtSecret = 'a-secret-of-the-tests-that-has-more-than-32-characters'

  beforeAll(async () => {
    const cluster = inject('cluster')
    database = await createDatabase(cluster, { template: 'bootstrap' })
    const planted = {
      version: '20261124001599',
      name: 'planted',
      sql: `create function public.planted(p_how text default 'overload') returns int language sql as 'select 1';
            create function public.get_task(p_task_id uuid, p_more boolean default false) returns int language sql as 'select 1';
            create function oblivion.planted_inside() returns int language sql as 'select 1';
            create table public.planted_table (id bigint generated always as identity);`,
    }
    const all = [...readMigrations(migrationsFolder), planted].sort((a, b) => (a.version < b.version ? -1 : 1))
    const owner = databaseUrl(cluster, 'postgres', database.name)
    await migrate({ url: owner, migrations: all })
    world = await createWorld(database)
    const as = (role: Parameters<typeof databaseUrl>[1]) => databaseUrl(cluster, role, database.name)
    gateway = await startGateway({
      port: 0,
      databases: {
        authenticator: as('authenticator'),
        authAdmin: as('supabase_auth_admin'),
        storageAdmin: as('supabase_storage_admin'),
        realtimeAdmin: as('supabase_realtime_admin'),
      },
      jwtSecret,
      allowedOrigins: [],
      signInOrigins: [],
      storageFolder: '',
    })
    anonKey = await signApiKey({ jwtSecret, role: 'anon' })
  })
  afterAll(async () => {
    await gateway.close()
    await database.drop()
  })

  const ask = async (path: string, body?: unknown) => {
    const answer = await fetch(`${gateway.url}/rest/v1/${path}`, {
      headers: { apikey: anonKey, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    return { status: answer.status, code: ((await answer.json()) as { code?: string }).code }
  }

  test('a stranger who knows its name is refused by the real gateway', async () => {
    expect(await ask('rpc/get_network_stats', {})).toMatchObject({ status: 200 })
    const refused = {
      status: expect.toSatisfy((s) => [401, 403, 404].includes(s)),
      code: expect.stringMatching(/42501|PGRST/),
    }
    expect(await ask('rpc/planted', {})).toMatchObject(refused)
    expect(await ask('rpc/get_task', { p_task_id: crypto.randomUUID(), p_more: true })).toMatchObject(refused)
    expect(await ask('rpc/planted_inside', {})).toMatchObject({ status: 404 })
    expect(await ask('planted_table')).toMatchObject(refused)
  })

  test('and `check generated` is red: the page does not know it', async () => {
    const { functions, relations } = await measure(world)
    const page = accessPage(functions, relations)
    expect(page).not.toBe(readFileSync(join(import.meta.dirname, '../../docs/access.md'), 'utf8'))
    for (const name of ['public.planted(', 'oblivion.planted_inside(', 'p_more boolean', 'public.planted_table'])
      expect(page).toContain(name)
  })

  test('a right too many is named, whoever has it, and so is what has gone', async () => {
    await database.query(`
      grant execute on function public.planted(text) to anon;
      grant execute on function oblivion.raise_error(text, text, text, jsonb) to service_role;
      grant insert (verdict) on oblivion.results to authenticated;
      grant truncate on public.planted_table to anon;
      grant usage on sequence public.planted_table_id_seq to authenticated;
      create policy leak on public.jobs for select to authenticated using (true);
      alter function public.my_voucher() rename to my_vouchers;`)
    const { functions, relations } = await measure(world)
    const found = [...functionSurprises(functions), ...relationSurprises(relations)]
    expect(found).toEqual(
      expect.arrayContaining([
        'anon on public.planted(p_how text): yes, declared is -',
        expect.stringMatching(/^service_role on oblivion\.raise_error\(.*: yes, declared is -$/),
        'wallet B on oblivion.results: insert(verdict), declared is -',
        'anonymous user on oblivion.results: insert(verdict), declared is -',
        'node key of A on public.planted_table: truncate, declared is -',
        'wallet A on public.planted_table_id_seq: usage, declared is -',
        expect.stringMatching(/^wallet B on public.jobs: select\(id,.*\): all .*, declared is select\(id,.*\): own /),
        'public.my_voucher() is declared and not in the database',
        'wallet A on public.my_vouchers(): yes, declared is -',
      ]),
    )
    // Nothing of what is as declared; the planted overload makes calls of get_task ambiguous, which is found too.
    expect(
      found.filter(
        (line) => !/planted|raise_error|results|public\.jobs|my_voucher|pending_jobs_queue|get_task/.test(line),
      ),
    ).toEqual([])
  })
})

describe('the catalogue', () => {
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
    expect(views.length).toBe(4)
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
      'realtime.messages select authenticated: oblivion: whoever is signed in hears how many are free',
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

  test('JM-31: a wallet sees its own nodes, their hardware, price and availability, and no key', async () => {
    expect(await other.session(({ query }) => query('select id from public.nodes'))).toEqual([])
    const columns = `provider_address, hardware_id, worker_type, capabilities, price_per_hour::int, current_jobs, max_jobs,
      last_seen > now() - interval '1 hour' as seen`
    expect(await holder.session(({ query }) => query(`select ${columns} from public.nodes`))).toEqual([
      {
        ...{ provider_address: holder.address, hardware_id: 'node-1', worker_type: 'browser', capabilities: {} },
        ...{ price_per_hour: null, current_jobs: 1, max_jobs: 1, seen: true },
      },
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

    test('whoever is signed in hears how many are free, and nothing else by it', async () => {
      expect(await read(other, 'network')).toEqual([{ topic: 'network' }])
      expect(await read(customer, 'network')).toEqual([{ topic: 'network' }])
      const anonymous = await engine.database.as({ role: 'anon' }, async ({ query }) => {
        await query(`select set_config('realtime.topic', 'network', true)`)
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
