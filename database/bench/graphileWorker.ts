import { EventEmitter, once } from 'node:events'
import { Logger, makeWorkerUtils, run, type WorkerEvents } from 'graphile-worker'
import pg from 'pg'
import { type Contender, drive, withSynchronousCommit } from './Contender.ts'
import { recordingPool, statementLike } from './statementRecorder.ts'

const quiet = new Logger(() => () => undefined)
const TASK = 'bench'

export type GraphileWorker = { sql: Contender; library: Contender; stop(): Promise<void> }

/** graphile-worker in a database of its own: its own two statements alone, and its library with default settings. */
export const openGraphileWorker = async (url: string): Promise<GraphileWorker> => {
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

  const { get, complete } = await ownStatements(url, prepare)
  return {
    sql: {
      ...{ name: 'graphile-worker', level: 'sql', prepare },
      run: (load) =>
        drive(url, load, async (client) => async () => {
          const { rows } = await client.query<{ id: string }>({ name: 'get', ...get })
          const [job] = rows
          if (job === undefined) throw new Error('graphile-worker had no job left.')
          await client.query({ name: 'complete', text: complete.text, values: [job.id] })
          return 1
        }),
    },
    library: {
      ...{ name: 'graphile-worker', level: 'library', prepare },
      run: async ({ connections, durable, ms }) => {
        let jobs = 0
        const runner = await run({
          connectionString: withSynchronousCommit(url, durable),
          // The default pool has 10 clients, which would hold 32 jobs back.
          ...{ concurrency: connections, maxPoolSize: Math.max(10, connections), noHandleSignals: true, logger: quiet },
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
      },
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

/** The statements by which the library takes and ends one job, as it sends them. */
const ownStatements = async (url: string, prepare: (jobs: number) => Promise<void>) => {
  await prepare(1)
  const { pool, statements } = recordingPool(url)
  const events: WorkerEvents = new EventEmitter()
  // Told once it has ended the job in the database as well.
  const done = once(events, 'job:complete')
  const runner = await run({
    ...{ pgPool: pool, concurrency: 1, noHandleSignals: true, logger: quiet, events },
    taskList: { [TASK]: async () => undefined },
  })
  await done
  await runner.stop()
  await pool.end()
  return {
    get: statementLike(statements, /^with j as \([\s\S]*skip locked/),
    complete: statementLike(statements, /^delete from [\s\S]*where id = \$1::bigint/),
  }
}
