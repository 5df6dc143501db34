import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { type Contender, drive, withSynchronousCommit } from './Contender.ts'
import { type Statement, statementLike } from './statementRecorder.ts'

const QUEUE = 'bench'
/** No clocks in the background: they would measure themselves. */
const still = { schedule: false, supervise: false } as const

export type PgBossContenders = { sql: Contender; library: Contender; stop(): Promise<void> }

/**
 * pg-boss in a database of its own: its own two statements alone, and its library's fetch() and complete() in a loop.
 * Its work() by default takes one batch each two seconds, so it is no measure of the queue.
 */
export const openPgBoss = async (url: string): Promise<PgBossContenders> => {
  const admin = new pg.Pool({ connectionString: url, max: 1 })
  // A cluster that ends early must not hide why.
  admin.on('error', () => undefined)
  const maker = new PgBoss({ connectionString: url, ...still })
  maker.on('error', () => undefined)
  await maker.start()
  await maker.createQueue(QUEUE)

  const prepare = async (jobs: number): Promise<void> => {
    await admin.query(`delete from pgboss.job where state <> 'created'`)
    const { rows } = await admin.query<{ count: number }>(`select count(*)::int as count from pgboss.job`)
    for (let missing = jobs - (rows[0]?.count ?? 0); missing > 0; missing -= 5_000) {
      await maker.insert(
        QUEUE,
        Array.from({ length: Math.min(missing, 5_000) }, () => ({ data: { no: 'op' } })),
      )
    }
    await admin.query('vacuum (analyze) pgboss.job')
  }

  const { get, complete } = await ownStatements(admin, prepare)
  return {
    sql: {
      ...{ name: 'pg-boss', level: 'sql', batch: 1, prepare },
      run: (load) =>
        drive(url, load, async (client) => async () => {
          const { rows } = await client.query<{ id: string }>({ name: 'get', ...get })
          const [job] = rows
          if (job === undefined) throw new Error('pg-boss had no job left.')
          const values = complete.values.map((value) => (Array.isArray(value) ? [job.id] : value))
          await client.query({ name: 'complete', text: complete.text, values })
          return 1
        }),
    },
    library: {
      ...{ name: 'pg-boss', level: 'library', batch: 1, prepare },
      run: async (load) => {
        const boss = new PgBoss({
          connectionString: withSynchronousCommit(url, load.durable),
          ...{ max: load.connections, migrate: false, ...still },
        })
        boss.on('error', () => undefined)
        await boss.start()
        let jobs = 0
        const from = performance.now()
        await Promise.all(
          Array.from({ length: load.connections }, async () => {
            while (performance.now() - from < load.ms) {
              const [job] = await boss.fetch(QUEUE)
              if (job === undefined) throw new Error('pg-boss had no job left.')
              await boss.complete(QUEUE, job.id)
              jobs += 1
            }
          }),
        )
        const seconds = (performance.now() - from) / 1000
        await boss.stop({ graceful: false })
        return jobs / seconds
      },
    },
    stop: async () => {
      await maker.stop({ graceful: false })
      await admin.end()
    },
  }
}

/** The statements by which the library takes and ends one job, as it sends them. */
const ownStatements = async (admin: pg.Pool, prepare: (jobs: number) => Promise<void>) => {
  await prepare(1)
  const statements: Statement[] = []
  const boss = new PgBoss({
    db: {
      executeSql: async (text: string, values: unknown[] = []) => {
        statements.push({ text, values })
        return admin.query(text, values)
      },
    },
    ...{ migrate: false, ...still },
  })
  boss.on('error', () => undefined)
  await boss.start()
  // What it does to start looks alike.
  statements.length = 0
  const [job] = await boss.fetch(QUEUE)
  if (job === undefined) throw new Error('pg-boss gave no job to record.')
  await boss.complete(QUEUE, job.id)
  await boss.stop({ graceful: false })
  return {
    get: statementLike(statements, /for update of j skip locked/i),
    complete: statementLike(statements, /completed_on/i),
  }
}
