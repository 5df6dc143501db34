import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Cluster, createDatabase, startCluster, type TestDatabase } from '@oblivion/stack/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrate, readMigrations } from '../../packages/stack/src/migrate/migrate.ts'
import { migrationsFolder } from '../../packages/stack/src/migrate/migrationsFolder.ts'
import { catalogue } from './engine/catalogue.ts'

/*
 * Into somebody's existing project and out of it again. A cluster of its own: roles belong to the whole server, and here
 * the coordinator's must come and go.
 */

let cluster: Cluster
let project: TestDatabase
const migrations = readMigrations(migrationsFolder)
const uninstall = readFileSync(join(import.meta.dirname, '../uninstall.sql'), 'utf8')
const root = join(import.meta.dirname, '../..')
const script = join(import.meta.dirname, '../fair_job_distribution.sql')

beforeAll(async () => {
  cluster = await startCluster({ migrations: false })
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  project = await createDatabase(cluster, { template: 'bootstrap' })
})
afterEach(() => project.drop())

/** As the owner of the project, who is no superuser. */
const asOwner = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: project.url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
const install = () => migrate({ url: project.url, migrations })
/** The history of migrations belongs to the tool that runs them, not to us: made first, so that it is no difference. */
const emptyHistory = () => migrate({ url: project.url, migrations: [] })

test('SW-1, SW-9: installed, nothing that was there is changed, and removed, all is as before, its role included; and again by psql', async () => {
  await emptyHistory()
  await asOwner('create table public.mine (id int primary key)')
  const before = await catalogue(project.query)
  expect(before.length).toBeGreaterThan(1_000)
  for (let time = 0; time < 2; time += 1) {
    if (time === 0) expect(await install()).toHaveLength(migrations.length)
    else await promisify(execFile)('psql', [project.url, '-f', script])
    const installed = new Set(await catalogue(project.query))
    expect(installed.size).toBeGreaterThan(before.length + 300)
    expect(before.filter((line) => !installed.has(line))).toEqual([])
    await project.query(
      `insert into auth.users (id) values (gen_random_uuid());
       select oblivion.open_settlement_instance(31337, '0x' || repeat('a', 40), '0x' || repeat('b', 40), '0x' || repeat('c', 64), 1)`,
    )
    await asOwner(uninstall)
    expect(await catalogue(project.query)).toEqual(before)
    expect(await project.query('select version from supabase_migrations.schema_migrations')).toEqual([])
  }
  await expect(asOwner(uninstall)).rejects.toThrow()
})

test('SW-9: installed by db:migrate; the role stays where another database of the server needs it', async () => {
  const other = await createDatabase(cluster, { template: 'bootstrap' })
  try {
    await migrate({ url: other.url, migrations })
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const said = await promisify(execFile)(process.execPath, scripts['db:migrate'].split(' ').slice(1), {
      cwd: root,
      env: { DATABASE_URL: project.url },
    })
    expect(said.stdout).toBe(`Applied ${migrations.length} migrations, up to ${migrations.at(-1)?.version}.\n`)
    expect(await install()).toEqual([])
    await asOwner(uninstall)
    expect(await project.query(`select rolname from pg_roles where rolname = 'oblivion_coordinator'`)).toHaveLength(1)
    expect(await project.query(`select to_regclass('public.jobs') as jobs`)).toEqual([{ jobs: null }])
    expect(await project.query('select version from supabase_migrations.schema_migrations')).toEqual([])
    await other.query(uninstall)
    expect(await project.query(`select rolname from pg_roles where rolname = 'oblivion_coordinator'`)).toEqual([])
  } finally {
    await other.drop()
  }
})

test.each([
  ['a view on one of its tables', 'create view public.mine as select id from public.jobs', 'drop view public.mine'],
  [
    'a table that refers to one',
    'create table public.mine (job uuid references public.jobs)',
    'drop table public.mine',
  ],
  [
    'a function that takes a row of one',
    `create function public.mine(p public.nodes) returns int language sql as 'select 1'`,
    'drop function public.mine',
  ],
  [
    'a policy that calls it',
    'create table public.mine (id int); create policy p on public.mine using (oblivion.caller_wallet() is not null)',
    'drop table public.mine',
  ],
])('%s of the project itself stops the removal, which then has changed nothing', async (_, make, drop) => {
  await install()
  await asOwner(make)
  const before = await catalogue(project.query)
  await expect(asOwner(uninstall)).rejects.toMatchObject({ code: '2BP01', detail: expect.stringContaining('mine') })
  expect(await catalogue(project.query)).toEqual(before)
  await asOwner(drop)
  await asOwner(uninstall)
})

test.each([
  ['table public.jobs', 'create table public.jobs (id int)'],
  ['table public.nodes', 'create table public.nodes (id int) partition by list (id)'],
  ['view public.job_stats', 'create view public.job_stats as select 1 as one'],
  ['materialized view public.active_jobs', 'create materialized view public.active_jobs as select 1 as one'],
  ['function public.create_task', `create function public.create_task() returns int language sql as 'select 1'`],
  ['type public.jobs', 'create type public.jobs as (id int)'],
  ['type public.nodes', `create type public.nodes as enum ('a')`],
  ['index public.jobs_claim', 'create table public.mine (id int); create index jobs_claim on public.mine (id)'],
  ['sequence public.jobs', 'create sequence public.jobs'],
  ['schema oblivion', 'create schema oblivion'],
])('where the project has a %s, the installation refuses by its name and changes nothing', async (what, make) => {
  await emptyHistory()
  await asOwner(make)
  const before = await catalogue(project.query)
  await expect(install()).rejects.toMatchObject({
    message: expect.stringContaining(what),
    cause: expect.objectContaining({ code: 'OB019' }),
  })
  expect(await catalogue(project.query)).toEqual(before)
})

test('SW-2, SW-10: what the sources name is there, and empty; every name in public is one that the installation looks for first', async () => {
  await emptyHistory()
  const made = async () =>
    (
      await project.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p')
         union select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
      )
    ).map(({ name }) => name)
  expect(await made()).toEqual([])
  await install()
  const names = await made()
  expect(names).toEqual(expect.arrayContaining(['jobs', 'job_stats', 'active_jobs', 'pending_jobs_queue']))
  expect(names).toEqual(expect.arrayContaining(['claim_job', 'complete_job', 'fail_job']))
  expect(await project.query('select id from jobs union all select id from oblivion.schedules')).toEqual([])
  const first = migrations[0]?.sql ?? ''
  const looked = [...first.slice(0, first.indexOf('create schema')).matchAll(/'([a-z_]+)'/g)].map(([, name]) => name)
  expect(names.filter((name) => !looked.includes(name))).toEqual([])
  await asOwner(uninstall)
})
