import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { repositoryRoot } from '../src/home/homePaths.ts'
import { migrate, readMigrations } from '../src/migrate/migrate.ts'
import { migrationsFolder } from '../src/migrate/migrationsFolder.ts'
import { splitStatements } from '../src/migrate/splitStatements.ts'
import {
  type Cluster,
  type ClusterInfo,
  createDatabase,
  startCluster,
  type TestDatabase,
} from '../src/testing/index.ts'
import { listCatalogue } from './catalogue.ts'

const run = promisify(execFile)

/** What Supabase users type, in a copy of database/: the CLI writes a `.temp` folder beside what it reads. */
const push = async (workdir: string, url: string): Promise<string> => {
  const supabase = join(repositoryRoot, 'node_modules', '.bin', 'supabase')
  const args = ['--workdir', workdir, 'db', 'push', `--remote=${url}`, '--yes', '--agent', 'no']
  const env = { PATH: process.env.PATH ?? '', HOME: workdir, SUPABASE_TELEMETRY_DISABLED: '1' }
  const { stdout, stderr } = await run(supabase, args, { env, timeout: 60_000 })
  return `${stdout}\n${stderr}`
}

/** pg_dump marks each dump with a random word since its fix of CVE-2025-8714. */
const dump = async (database: TestDatabase): Promise<string> => {
  const schemas = ['public', 'oblivion', 'supabase_migrations'].flatMap((name) => ['--schema', name])
  const args = ['--schema-only', ...schemas, database.superuserUrl]
  const { stdout } = await run('/usr/lib/postgresql/15/bin/pg_dump', args, { maxBuffer: 50_000_000 })
  return stdout.replace(/^\\(un)?restrict .*$/gm, '')
}

let workdir: string
beforeAll(() => {
  workdir = mkdtempSync(join(tmpdir(), 'oblivion-push-'))
  cpSync(join(repositoryRoot, 'database', 'supabase'), join(workdir, 'supabase'), { recursive: true })
})
afterAll(() => rmSync(workdir, { recursive: true, force: true }))

/** One database migrated by the stack, one by the CLI, both from the bootstrap alone. */
const migrateBothWays = async (cluster: ClusterInfo) => {
  const byStack = await createDatabase(cluster, { template: 'bootstrap' })
  const byCli = await createDatabase(cluster, { template: 'bootstrap' })
  const migrations = readMigrations(migrationsFolder)
  const applied = await migrate({ url: byStack.url, migrations })
  expect(applied).toEqual(migrations.map(({ version }) => version))
  expect(await push(workdir, byCli.url)).toContain('Finished supabase db push')
  return { byStack, byCli, migrations }
}

describe('on PostgreSQL 15', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ version: '15' })
  })
  afterAll(() => cluster.stop())

  test('the stack and `supabase db push` leave identical dumps and histories, and each finds the other up to date', async () => {
    const { byStack, byCli, migrations } = await migrateBothWays(cluster)
    const [ours, theirs] = [await dump(byStack), await dump(byCli)]
    expect(ours).toContain('CREATE FUNCTION')
    expect(ours).toBe(theirs)
    expect(await listCatalogue(byStack)).toEqual(await listCatalogue(byCli))
    expect(await push(workdir, byStack.url)).toContain('Remote database is up to date')
    expect(await push(workdir, byCli.url)).toContain('Remote database is up to date')
    expect(await migrate({ url: byCli.url, migrations })).toEqual([])
    await Promise.all([byStack.drop(), byCli.drop()])
  })
})

describe('on the embedded 18.4', () => {
  test('the stack and `supabase db push` leave an identical catalogue', async () => {
    const { byStack, byCli } = await migrateBothWays(inject('cluster'))
    const listing = await listCatalogue(byStack)
    expect(listing.functions?.length).toBeGreaterThan(20)
    expect(listing).toEqual(await listCatalogue(byCli))
    await Promise.all([byStack.drop(), byCli.drop()])
  })
})

/** What makes a splitter stumble: quotes of each kind, nested comments, bodies with semicolons, empty statements. */
const EDGES = `
  ;;
select 1 ; ; -- c ; d
/* outer /* inner ; */ still ; */ select "a;b" from (select 1 as "a;b") q;
create function public.k(a int) returns int language sql
begin atomic
  select case when a = 1 then 2 else 3 end;
  select 5;
END;
create function public.m() returns int language sql as $body$ select 1; select $$;$$::text = ';' ; select 2; $body$;
do $do$ begin perform 1; end $do$;
select 'it''s; ok', E'x\\'; y', $a$x; $b$ y; $a$;
select 1 as atomic, 2 as "end;";
create procedure public.p() begin atomic select 1; end; select 3;\r
select 4;
-- the end; really`

test('the history holds the statements that the CLI would have written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oblivion-edges-'))
  const database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
  cpSync(join(workdir, 'supabase'), join(folder, 'supabase'), { recursive: true })
  writeFileSync(join(folder, 'supabase', 'migrations', '29991231235900_edges.sql'), EDGES)
  writeFileSync(join(folder, 'supabase', 'migrations', '29991231235901_comment.sql'), '-- nothing; here\n')
  await push(folder, database.url)
  const rows = await database.query<{ name: string; statements: string[] }>(
    `select name, statements from supabase_migrations.schema_migrations where version like '2999%' order by version`,
  )
  expect(rows).toEqual([
    { name: 'edges', statements: splitStatements(EDGES) },
    { name: 'comment', statements: ['-- nothing; here'] },
  ])
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
})

test('a migration that fails leaves nothing of itself, and says file, line and reason', async () => {
  const database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
  const good = { version: '20260101000000', name: 'good', sql: 'create table public.kept (id int);' }
  const bad = {
    version: '20260101000001',
    name: 'bad',
    sql: 'create table public.lost (id int);\n\nselect nothing_here;',
  }
  await expect(migrate({ url: database.url, migrations: [good, bad] })).rejects.toMatchObject({
    code: 'migration_refused',
    message: expect.stringMatching(/20260101000001_bad\.sql, line 3, .*nothing_here/),
  })
  const tables = await database.query(`select relname from pg_class where relname in ('kept', 'lost')`)
  expect(tables).toEqual([{ relname: 'kept' }])
  expect(await migrate({ url: database.url, migrations: [good] })).toEqual([])
  await database.drop()
})

test('a setting of one file does not reach the next', async () => {
  const database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
  const migrations = [
    { version: '20260101000000', name: 'sets', sql: `set search_path = ''; set statement_timeout = '1s';` },
    {
      version: '20260101000001',
      name: 'reads',
      sql: `create table kept as select current_setting('statement_timeout') t;`,
    },
  ]
  await migrate({ url: database.url, migrations })
  expect(await database.query('select t from public.kept')).toEqual([{ t: '0' }])
  await database.drop()
})

test('a database with newer migrations than the checkout is refused', async () => {
  const database = await createDatabase(inject('cluster'))
  await expect(migrate({ url: database.url, migrations: [] })).rejects.toMatchObject({ code: 'migration_refused' })
  await database.drop()
})

test('two that migrate at once take turns', async () => {
  const database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
  const migrations = [{ version: '20260101000000', name: 'once', sql: 'create table public.once (id int);' }]
  const both = await Promise.all([1, 2].map(() => migrate({ url: database.url, migrations })))
  expect(both.flat()).toEqual(['20260101000000'])
  await database.drop()
})
