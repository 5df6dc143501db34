import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loginRoles } from '../src/bootstrap/applyBootstrap.ts'
import { checkDatabaseUrl } from '../src/database/checkDatabaseUrl.ts'
import { databaseUrls } from '../src/database/databaseUrls.ts'
import { prepareDatabase } from '../src/database/prepareDatabase.ts'
import type { Secrets } from '../src/home/secrets.ts'
import { readMigrations } from '../src/migrate/migrate.ts'
import { migrationsFolder } from '../src/migrate/migrationsFolder.ts'
import { startStack } from '../src/supervisor/startStack.ts'
import { type Cluster, startCluster, startTestStack } from '../src/testing/index.ts'

test('in production there is no local stack', async () => {
  const environment = { NODE_ENV: 'production', OBLIVION_HOME: '/nowhere' }
  const quiet = () => undefined
  const options = { environment, progress: { step: quiet, say: quiet, end: quiet }, onGiveUp: quiet }
  await expect(startStack({ ...options, signal: new AbortController().signal })).rejects.toMatchObject({
    code: 'not_for_production',
  })
})

describe('DATABASE_URL', () => {
  test.each(['postgresql://a:b@localhost/x', 'postgresql://a:b@127.0.0.1:5432/x', 'postgresql://a:b@[::1]:5432/x'])(
    'on this machine is taken: %s',
    (url) => expect(checkDatabaseUrl(url, false).pathname).toBe('/x'),
  )

  test.each([
    'postgresql://a:b@db.example.co:5432/postgres',
    'postgresql://a:b@localhost.example.co/postgres',
    'postgresql://a:b@127.0.0.1/postgres?host=db.example.co',
    'postgresql://a:b@127.0.0.1/postgres?hostaddr=203.0.113.9',
    'postgresql:///postgres?host=/var/run/postgresql',
  ])('elsewhere is refused unless it is meant: %s', (url) => {
    try {
      checkDatabaseUrl(url, false)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'database_refused',
        hint: expect.stringContaining('OBLIVION_ALLOW_REMOTE_DATABASE=1'),
      })
      expect(String(error)).not.toContain('a:b')
    }
    expect(checkDatabaseUrl(url, true)).toBeInstanceOf(URL)
  })
})

describe('a PostgreSQL 15 of one’s own', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ version: '15', migrations: false })
  })
  afterAll(() => cluster.stop())

  const passwords = Object.fromEntries(
    [...loginRoles, 'oblivion_coordinator'].map((role) => [role, 'secret']),
  ) as Secrets['passwords']
  const prepare = (superuserUrl: string) =>
    prepareDatabase({
      urls: databaseUrls(superuserUrl, passwords),
      passwords,
      migrations: readMigrations(migrationsFolder),
      feeBps: 1_000,
    })

  test('is refused where the stack would take a superuser’s rights away, or cannot make its roles', async () => {
    const admin = new pg.Client({ connectionString: cluster.superuserUrl })
    await admin.connect()
    await admin.query(`create role plain login password 'p'; alter role postgres superuser password 'p'`)
    for (const [role, reason] of [
      ['plain', 'no superuser'],
      ['postgres', 'superuser postgres'],
    ] as const) {
      const url = new URL(cluster.superuserUrl)
      url.username = role
      url.password = 'p'
      await expect(prepare(url.href)).rejects.toMatchObject({
        code: 'database_refused',
        message: expect.stringContaining(reason),
      })
    }
    const { rows } = await admin.query(`select rolsuper from pg_roles where rolname = 'postgres'`)
    expect(rows).toEqual([{ rolsuper: true }])
    await admin.end()
  })

  test('that does not answer is said so', async () => {
    await expect(prepare('postgresql://a:b@127.0.0.1:1/x')).rejects.toMatchObject({ code: 'database_refused' })
  })

  test('carries the whole stack', async () => {
    const stack = await startTestStack({ pages: false, environment: { DATABASE_URL: cluster.superuserUrl } })
    expect(new URL(stack.dev.databaseUrl).port).toBe(String(cluster.port))
    const answer = await fetch(`${stack.dev.supabaseUrl}/rest/v1/rpc/get_network_stats`, {
      method: 'POST',
      headers: { apikey: stack.dev.anonKey, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ online: 0 })
    await stack.stop()
  })
})
