import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { accounts, createDatabase, type TestDatabase } from '../src/testing/index.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('cluster'))
})
afterAll(() => database.drop())

test('a database has all migrations, and the history that says so', async () => {
  const rows = await database.query<{ version: string }>('select version from supabase_migrations.schema_migrations')
  expect(rows.length).toBeGreaterThan(0)
})

test('a caller acts under its role, with its claims and headers, for one transaction', async () => {
  const { userId } = await database.createWallet(accounts[3]?.address ?? '')
  const [row] = await database.as(
    { role: 'authenticated', sub: userId, headers: { 'x-node-key': 'secret' } },
    ({ query }) =>
      query(`select current_user::text as role, auth.uid()::text as uid,
        current_setting('request.headers')::jsonb ->> 'x-node-key' as key, current_setting('statement_timeout') as timeout`),
  )
  expect(row).toEqual({ role: 'authenticated', uid: userId, key: 'secret', timeout: '8s' })
  const [after] = await database.as({ role: 'anon' }, ({ query }) =>
    query(`select current_user::text as role, auth.uid() as uid, current_setting('statement_timeout') as timeout`),
  )
  expect(after).toEqual({ role: 'anon', uid: null, timeout: '3s' })
})

test('what a caller wrote is gone when it throws', async () => {
  await database.query('create table public.noted (id int); grant all on public.noted to service_role')
  await expect(
    database.as({ role: 'service_role' }, async ({ query }) => {
      await query('insert into public.noted values (1)')
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  expect(await database.query('select * from public.noted')).toEqual([])
})

test('the same wallet is one user', async () => {
  const address = accounts[4]?.address ?? ''
  const first = await database.createWallet(address)
  expect(await database.createWallet(address)).toEqual(first)
})

test('the superuser is out of reach of the migration owner', async () => {
  await expect(database.as({ role: 'postgres' }, ({ query }) => query('create role evil superuser'))).rejects.toThrow()
})
