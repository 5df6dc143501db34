import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { applyBootstrap, loginRoles } from '../src/bootstrap/applyBootstrap.ts'
import { createDatabase, type TestDatabase } from '../src/testing/index.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
})
afterAll(() => database.drop())

const asPostgres = async (sql: string): Promise<pg.QueryResult> => {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

test('applying it again changes nothing', async () => {
  const { passwords } = inject('cluster')
  const tables = `select n.nspname, c.relname, c.relacl::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('auth', 'realtime', 'storage') order by 1, 2`
  const before = await database.query(tables)
  await applyBootstrap({ superuserUrl: database.superuserUrl, passwords })
  expect(await database.query(tables)).toEqual(before)
  expect(before.length).toBeGreaterThan(6)
})

test('no role that logs in is a superuser, and each has its password', async () => {
  const rows = await database.query<{ rolname: string }>(
    'select rolname from pg_roles where rolcanlogin and rolsuper order by 1',
  )
  expect(rows).toEqual([{ rolname: 'supabase_admin' }])
  const { port, passwords } = inject('cluster')
  for (const role of loginRoles) {
    const wrong = new pg.Client({
      ...{ host: '127.0.0.1', port, user: role, password: 'wrong' },
      database: database.name,
    })
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' })
    expect(passwords[role]).toHaveLength(32)
  }
})

test('authenticator holds nothing and becomes three roles only', async () => {
  const rows = await database.query(
    `select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid
     where m.member = 'authenticator'::regrole order by 1`,
  )
  expect(rows.map((row) => row.rolname)).toEqual(['anon', 'authenticated', 'service_role'])
  const client = new pg.Client({ connectionString: database.authenticatorUrl })
  await client.connect()
  try {
    await expect(client.query('select * from auth.users')).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('set role postgres')).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('select realtime.send(null, null, null)')).rejects.toMatchObject({ code: '42501' })
  } finally {
    await client.end()
  }
})

test('what postgres makes in public is open to the API roles, as on Supabase, so that a grant in excess shows', async () => {
  await asPostgres(`create table public.open_table (id integer);
    create function public.open_function() returns integer language sql as 'select 1'`)
  const [row] = await database.query(
    `select has_table_privilege('anon', 'public.open_table', 'insert') as write,
       has_function_privilege('anon', 'public.open_function()', 'execute') as run`,
  )
  expect(row).toEqual({ write: true, run: true })
})

test('postgres may do what a migration does: schemas, roles, policies on realtime and storage', async () => {
  await asPostgres(`create schema engine;
    create policy mine on realtime.messages for select to authenticated using (realtime.topic() = 'a');
    create policy mine on storage.objects for select to authenticated using (bucket_id = 'a');
    insert into storage.buckets (id, name) values ('a', 'a');
    create function engine.wallet() returns text language sql security definer set search_path = '' as
      'select provider_id from auth.identities limit 1'`)
  await expect(asPostgres('alter system set fsync = off')).rejects.toMatchObject({ code: '42501' })
  await expect(asPostgres('create role other superuser')).rejects.toMatchObject({ code: '42501' })
})

test('API roles read nothing of auth', async () => {
  for (const role of ['anon', 'authenticated', 'service_role'] as const) {
    const read = database.as({ role }, ({ query }) => query('select * from auth.identities'))
    await expect(read).rejects.toMatchObject({ code: '42501' })
  }
})
