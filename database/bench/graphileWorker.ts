import { EventEmitter } from 'node:events'
import { Logger, makeWorkerUtils, run, type WorkerEvents } from 'graphile-worker'
import pg from 'pg'
import { type Contender, drive, SUPPLY, withSynchronousCommit } from './Contender.ts'
import { recordingPool, type Statement, statementLike } from './statementRecorder.ts'

const quiet = new Logger(() => () => undefined)
const TASK = 'bench'

export type GraphileWorker = {
  sql: Contender
  library: Contender
  batchSql: Contender
  batchLibrary: Contender
  stop(): Promise<void>
}

/** How its library takes jobs by the batch; nothing of what it adds as waiting time. */
const inBatches = (size: number) => ({
  preset: { worker: { localQueue: { size }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
})

/**
 * graphile-worker in a database of its own: its own two statements alone, and its library with default settings; both
 * also by batches of `size` jobs, which its library calls a local queue.
 */
export const openGraphileWorker = async (url: string, size: number): Promise<GraphileWorker> => {
  const utils = await makeWorkerUtils({ connectionString: url, logger: quiet })
  await utils.migrate()
  const admin = new pg.Pool({ connectionString: url, max: 1 })
  // A cluster that ends early must not hide why.
  admin.on('error', () => undefined)

  const prepare = async (jobs: number): Promise<void> => {
    const { rows } = await admin.query<{ count: number }>(`select count(*)::int as count from graphile_worker.jobs`)
    const missing = jobs - (rows[0]?.count ?? 0)
    await admin.query(
      `update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null`,
    )
    if (missing > 0) {
      await admin.query(`select count(graphile_worker.add_job($1, '{"no": "op"}')) from generate_series(1, $2)`, [
        ...[TASK, missing],
      ])
    }
    await admin.query('vacuum (analyze) graphile_worker._private_jobs')
  }

  const one = await ownStatements(url, prepare)
  const many = await ownBatchStatements(url, prepare, size)

  const library =
    (settings: object): Contender['run'] =>
    async ({ connections, durable, ms }) => {
      let jobs = 0
      const runner = await run({
        connectionString: withSynchronousCommit(url, durable),
        // The default pool has 10 clients, which would hold 32 jobs back.
        ...{ concurrency: connections, maxPoolSize: Math.max(10, connections), noHandleSignals: true, logger: quiet },
        ...settings,
        taskList: {
          [TASK]: async () => {
            jobs += 1
          },
        },
      })
      return measureRunning(
        ms,
        () => jobs,
        () => runner.stop(),
      )
    }

  return {
    sql: {
      ...{ name: 'graphile-worker', level: 'sql', batch: 1, prepare },
      run: (load) =>
        drive(url, load, async (client) => async () => {
          const { rows } = await client.query<{ id: string }>({ name: 'get', ...one.get })
          const [job] = rows
          if (job === undefined) throw new Error('graphile-worker had no job left.')
          await client.query({ name: 'complete', text: one.complete.text, values: [job.id] })
          return 1
        }),
    },
    library: { ...{ name: 'graphile-worker', level: 'library', batch: 1, prepare }, run: library({}) },
    batchSql: {
      ...{ name: `graphile-worker, batches of ${size}`, level: 'sql', batch: size },
      prepare: (jobs) => prepare(jobs * SUPPLY),
      run: (load) =>
        drive(url, load, async (client) => async () => {
          const { rows } = await client.query<{ id: string }>({ name: 'get', ...many.get })
          if (rows.length < size) throw new Error('graphile-worker had no job left.')
          await client.query({ name: 'complete', text: many.complete.text, values: [rows.map(({ id }) => id)] })
          return rows.length
        }),
    },
    batchLibrary: {
      ...{ name: `graphile-worker, batches of ${size}`, level: 'library', batch: size },
      prepare: (jobs) => prepare(jobs * SUPPLY),
      run: library(inBatches(size)),
    },
    stop: async () => {
      await Promise.all([utils.release(), admin.end()])
    },
  }
}

/** Lets a started library run, measures between two moments, and stops it. */
const measureRunning = async (ms: number, count: () => number, stop: () => Promise<unknown>): Promise<number> => {
  // Its first jobs open connections.
  await after(Math.min(200, ms / 4))
  const [from, before] = [performance.now(), count()]
  await after(ms)
  const [jobs, seconds] = [count() - before, (performance.now() - from) / 1000]
  await stop()
  return jobs / seconds
}

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

type Prepare = (jobs: number) => Promise<void>
type OwnStatements = { get: Statement; complete: Statement }

/** What the library sends while it works on `jobs` jobs, until it has ended them in the database as well. */
const record = async (url: string, jobs: number, settings: object): Promise<Statement[]> => {
  const { pool, statements } = recordingPool(url)
  const events: WorkerEvents = new EventEmitter()
  const done = Promise.withResolvers<void>()
  let ended = 0
  events.on('job:complete', () => {
    ended += 1
    if (ended === jobs) done.resolve()
  })
  const runner = await run({
    ...{ pgPool: pool, concurrency: jobs, noHandleSignals: true, logger: quiet, events },
    ...settings,
    taskList: { [TASK]: async () => undefined },
  })
  await done.promise
  await runner.stop()
  await pool.end()
  return statements
}

/** The statements by which the library takes and ends one job, as it sends them. */
const ownStatements = async (url: string, prepare: Prepare): Promise<OwnStatements> => {
  await prepare(1)
  const statements = await record(url, 1, {})
  return {
    get: statementLike(statements, /^with j as \([\s\S]*skip locked/),
    complete: statementLike(statements, /^delete from [\s\S]*where id = \$1::bigint/),
  }
}

/** And those for a batch. */
const ownBatchStatements = async (url: string, prepare: Prepare, size: number): Promise<OwnStatements> => {
  await prepare(size)
  const statements = await record(url, size, inBatches(size))
  return {
    get: statementLike(statements, new RegExp(`^with j_raw as \\([\\s\\S]*limit ${size}\\s[\\s\\S]*skip locked`)),
    complete: statementLike(statements, /^delete from [\s\S]*unnest\(\$1::bigint\[\]\)/),
  }
}
