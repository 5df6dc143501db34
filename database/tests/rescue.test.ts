import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDatabase, startCluster, type TestDatabase } from '@oblivion/stack/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { migrate, readMigrations } from '../../packages/stack/src/migrate/migrate.ts'
import { migrationsFolder } from '../../packages/stack/src/migrate/migrationsFolder.ts'
import { addressOf, createEngine, type Engine, engineOn, type Node, type Wallet } from './engine/engine.ts'

/* A job whose node is gone comes back, by whoever is left: nodes, the coordinator, pg_cron, each alone. */

/** Against the real extension, which `pnpm test:deep` has on Debian's server; else against functions of its names. */
const real = process.env.PG_CRON === 'real'

type World = { engine: Engine; customer: Wallet; gone: Node; other: Node }
const createWorld = async (engine: Engine): Promise<World> => {
  await engine.deposit(addressOf(1), 10_000_000n)
  return {
    engine,
    customer: await engine.wallet(addressOf(1)),
    gone: await engine.node(addressOf(2), 'gone', 'server'),
    other: await engine.node(addressOf(3), 'other'),
  }
}

/** A job that a server node claimed; its last beat and poll lie `silent` back. */
const lost = async ({ engine, customer, gone }: World, silent: string): Promise<string> => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
  // A long run: what is tested is the lease, not the maximum run time.
  await engine.task(customer, 1, { timeoutSeconds: 3600 })
  const { job } = await gone.cycle()
  if (job === null) throw new Error('No job.')
  await engine.query(`update public.jobs set lease_expires_at = lease_expires_at - $2::interval where id = $1`, [
    job.jobId,
    silent,
  ])
  await engine.query(
    `update nodes set last_seen = now() - $2::interval, next_poll_at = now() - $2::interval where id = $1`,
    [gone.nodeId, silent],
  )
  await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
  return job.jobId
}
const statusOf = async ({ engine }: World, id: string) =>
  (await engine.query<{ status: string }>('select status from jobs where id = $1', [id]))[0]?.status

describe('by each alone', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await createEngine())
  })
  afterAll(() => world.engine.drop())

  test.each<[string, (world: World) => Promise<unknown>]>([
    ['FJ-15: a heartbeat of another node', ({ other }) => other.rpc('heartbeat', { p_node_id: other.nodeId })],
    ['an empty poll of another node', ({ other }) => other.cycle(null, true)],
    [
      'FJ-11: cleanup_stale_jobs, by anyone, which answers how many',
      async ({ engine }) => {
        const count = await engine.database.as({ role: 'anon' }, ({ rpc }) => rpc('cleanup_stale_jobs'))
        expect(count).toBe(1)
      },
    ],
    ["the coordinator's tick", async ({ engine }) => expect(await engine.coordinator('run_rescue')).toBe(1)],
    [
      "pg_cron's command",
      async ({ engine }) =>
        expect(await engine.database.as({ role: 'postgres' }, ({ query }) => query('select oblivion.tick()'))).toEqual([
          { tick: 1 },
        ]),
    ],
  ])('%s', async (_, act) => {
    const id = await lost(world, '11 minutes')
    await act(world)
    expect(await statusOf(world, id)).not.toBe('completed')
    const [row] = await world.engine.query<{ losses: number; current: number }>(
      `select j.losses, n.current_jobs as current from jobs j, nodes n where j.id = $1 and n.id = $2`,
      [id, world.gone.nodeId],
    )
    expect(row).toEqual({ losses: 1, current: 0 })
  })

  test('FJ-14: after 9 minutes of silence it stays, after 10 it goes; while its node beats it stays for ever', async () => {
    const id = await lost(world, '9 minutes')
    expect(await world.engine.coordinator('run_rescue')).toBe(0)
    expect(await statusOf(world, id)).toBe('processing')
    const second = await lost(world, '10 minutes 1 second')
    expect(await world.engine.coordinator('run_rescue')).toBe(1)
    expect(await statusOf(world, second)).toBe('pending')
    const third = await lost(world, '9 minutes 50 seconds')
    const [{ attempt } = { attempt: 0 }] = await world.engine.query<{ attempt: number }>(
      'select attempt from jobs where id = $1',
      [third],
    )
    await world.gone.rpc('heartbeat', { p_node_id: world.gone.nodeId, p_job_id: third, p_attempt: attempt })
    await world.engine.query(`update jobs set started_at = now() - interval '50 seconds' where id = $1`, [third])
    expect(await world.engine.coordinator('run_rescue')).toBe(0)
    expect(await statusOf(world, third)).toBe('processing')
  })

  test('FJ-14: the 10 minutes are a setting, and a tab has one of its own', async () => {
    await world.engine.query(
      `update oblivion.settings set stale_after = '1 minute', stale_after_browser = '20 seconds'`,
    )
    const [row] = await world.engine.query(
      `select oblivion.stale_after('server')::text as server, oblivion.stale_after('browser')::text as browser`,
    )
    expect(row).toEqual({ server: '00:01:00', browser: '00:00:20' })
    await world.engine.query(
      `update oblivion.settings set stale_after = '10 minutes', stale_after_browser = '45 seconds'`,
    )
  })

  test('DJ-35: all at once rescue it once', async () => {
    const id = await lost(world, '11 minutes')
    const { engine, other } = world
    await Promise.all([
      engine.coordinator('run_rescue'),
      other.rpc('heartbeat', { p_node_id: other.nodeId }),
      engine.database.as({ role: 'anon' }, ({ rpc }) => rpc('cleanup_stale_jobs')),
      engine.database.as({ role: 'postgres' }, ({ query }) => query('select oblivion.tick()')),
      engine.coordinator('run_rescue'),
    ])
    const [row] = await engine.query('select losses from jobs where id = $1', [id])
    expect(row).toEqual({ losses: 1 })
  })
})

/*
 * A project with pg_cron: its schedule is made with the installation and gone with the removal. The embedded server does
 * not bring the extension, so `pnpm test` makes a schema that has its functions and runs what is scheduled by hand; with
 * PG_CRON=real (pnpm test:deep) the very extension of Debian's PostgreSQL 15 does it, at the next full minute.
 */
describe('pg_cron alone', () => {
  let database: TestDatabase
  let end: () => Promise<void>
  beforeAll(async () => {
    if (real) ({ database, end } = await withPgCron())
    else ({ database, end } = await withStandIn())
  })
  afterAll(() => end())

  test('the installation schedules one tick, once however often it is asked', async () => {
    const schedule = `select jobname, command, schedule, username from cron.job where active`
    const expected = [
      { jobname: 'oblivion', command: 'select oblivion.tick()', schedule: '* * * * *', username: 'postgres' },
    ]
    expect(await database.query(schedule)).toEqual(expected)
    await database.as({ role: 'postgres' }, ({ query }) => query('select oblivion.schedule_ticks()'))
    expect(await database.query(schedule)).toEqual(expected)
  })

  test('a lost job comes back though no node and no coordinator is left', { timeout: 150_000 }, async () => {
    const world = await createWorld(await engineOn(database))
    const id = await lost(world, '11 minutes')
    if (!real)
      for (const { command } of await database.query<{ command: string }>('select command from cron.job'))
        await database.as({ role: 'postgres' }, ({ query }) => query(command))
    const deadline = Date.now() + 130_000
    while ((await statusOf(world, id)) === 'processing' && Date.now() < deadline)
      await database.query('select pg_sleep(0.5)')
    expect(await statusOf(world, id)).toBe('pending')
    const [figures] = await database.query(
      `select as_of > now() - interval '3 minutes' as fresh from oblivion.network_stats`,
    )
    expect(figures).toEqual({ fresh: true })
  })

  test('the removal takes the schedule with it', async () => {
    const uninstall = readFileSync(join(import.meta.dirname, '../uninstall.sql'), 'utf8')
    const owner = new pg.Client({ connectionString: database.url })
    await owner.connect()
    await owner.query(uninstall)
    await owner.end()
    expect(await database.query('select jobname from cron.job')).toEqual([])
  })
})

test('without pg_cron nothing is scheduled, and nothing fails', async () => {
  const engine = await createEngine()
  try {
    expect(
      await engine.database.as({ role: 'postgres' }, ({ query }) => query('select oblivion.schedule_ticks()')),
    ).toEqual([{ schedule_ticks: null }])
  } finally {
    await engine.drop()
  }
})

const withStandIn = async () => {
  const database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
  await database.query(`
    create schema cron authorization postgres;
    create table cron.job (
      jobid bigint generated always as identity, jobname text unique, schedule text, command text,
      username text default current_user, active boolean default true);
    create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as
      'insert into cron.job (jobname, schedule, command) values ($1, $2, $3)
       on conflict (jobname) do update set schedule = excluded.schedule, command = excluded.command returning jobid';
    create function cron.unschedule(job_id bigint) returns boolean language sql as
      'delete from cron.job where jobid = $1 returning true';
    alter table cron.job owner to postgres`)
  await migrate({ url: database.url, migrations: readMigrations(migrationsFolder) })
  return { database, end: () => database.drop() }
}

const withPgCron = async () => {
  const name = 'with_pg_cron'
  const cluster = await startCluster({
    version: '15',
    migrations: false,
    settings: {
      shared_preload_libraries: 'pg_cron',
      'cron.database_name': name,
      'cron.use_background_workers': 'on',
    },
  })
  const database = await createDatabase(cluster, { template: 'bootstrap', name })
  await database.query('create extension pg_cron; grant usage on schema cron to postgres')
  await migrate({ url: database.url, migrations: readMigrations(migrationsFolder) })
  await database.query(`alter role oblivion_coordinator login password '${cluster.passwords.oblivion_coordinator}'`)
  const end = async () => {
    await database.drop()
    await cluster.stop()
  }
  return { database, end }
}
