import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDatabase, startCluster, type TestDatabase } from '@oblivion/stack/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, readMigrations } from '../../packages/stack/src/migrate/migrate.ts'
import { migrationsFolder } from '../../packages/stack/src/migrate/migrationsFolder.ts'

let stop: () => Promise<void>
let bare: TestDatabase
let script: string
beforeAll(async () => {
  script = await readFile(join(import.meta.dirname, '../../database/fair_job_distribution.sql'), 'utf8')
  const cluster = await startCluster()
  stop = cluster.stop
  bare = await createDatabase(cluster, { template: 'bootstrap' })
})
afterAll(async () => {
  await bare.drop()
  await stop()
})

/** As the SQL editor does it: the owner of the project, who is no superuser, sends the whole text at once. */
async function paste(): Promise<void> {
  const editor = new pg.Client({ connectionString: bare.url })
  await editor.connect()
  try {
    await editor.query(script)
  } finally {
    await editor.end()
  }
}

test('FJ-13: the one file, pasted into the SQL editor, makes all that is needed, and db push has nothing left to do', async () => {
  await paste()
  expect(await migrate({ url: bare.url, migrations: readMigrations(migrationsFolder) })).toEqual([])
  const stats = await bare.as({ role: 'anon' }, ({ rpc }) => rpc('get_network_stats'))
  expect(stats).toMatchObject({ online: 0, pendingJobs: 0 })
  const nodes = await bare.query<{ name: string }>(
    `select column_name as name from information_schema.columns where (table_schema, table_name) = ('public', 'nodes')`,
  )
  expect(nodes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['current_jobs', 'total_jobs_completed', 'worker_type']),
  )
})

test('pasted a second time it refuses and changes nothing', async () => {
  await expect(paste()).rejects.toMatchObject({ code: 'OB019' })
  expect(await bare.query('select count(*)::int as rows from public.nodes')).toEqual([{ rows: 0 }])
})
