import type { Engine } from './engine.ts'
import { definitionsOf } from './plantedFaults.ts'

/** An expression, for `perform` would change `found`. */
const pause = (share: number, mostSeconds: number): string =>
  `if random() < ${share} and pg_sleep(${mostSeconds} * random()) is null then null; end if;`

/**
 * Pauses by lot inside the engine's functions, where each begins and behind each statement that locks rows: what two calls
 * do in the same microsecond once a day, they do then within seconds. For a database of the test's own.
 *
 * What a pause makes late is no fault: whoever connects to this database from now on has a minute for each statement and
 * each lock. The half second for which has_slot() waits, and the second after which PostgreSQL looks for a deadlock, stay.
 *
 * @param share of these places at which a call pauses, 0 to 1
 * @param mostSeconds how long a pause may be
 */
export const pauseByLot = async ({ database, query }: Engine, share = 0.1, mostSeconds = 0.05): Promise<void> => {
  for (const role of ['authenticator', 'oblivion_coordinator'])
    for (const setting of ['statement_timeout', 'lock_timeout'])
      await query(`alter role ${role} in database ${database.name} set ${setting} = '60s'`)
  const line = pause(share, mostSeconds)
  const rows = await definitionsOf(
    query,
    `p.prolang = (select l.oid from pg_language l where l.lanname = 'plpgsql') and p.provolatile <> 'i'`,
    [],
  )
  for (const { definition } of rows)
    await query(
      definition
        .replace(/\nbegin\n/, `$&${line}\n`)
        .replaceAll(/for (no key )?update( skip locked)?;\n/g, `$&${line}\n`),
    )
}

/**
 * Writes waiting rows again all the time, the first ones of a task by lot: PostgreSQL's `skip locked` does not skip, but
 * waits, where the writer of a row ends in the moment in which it is looked at. One row a transaction, so that nobody waits
 * for two of the test's own.
 *
 * @returns what ends it
 */
export const keepRewriting = ({ query }: Engine, writers = 3): (() => Promise<void>) => {
  let over = false
  const all = Array.from({ length: writers }, async () => {
    while (!over)
      await query(
        `update jobs set available_at = now() - interval '1 hour', due = true, moves = moves + 1 where id = (
           select id from jobs
            where status = 'pending'
              and task_id = (select id from oblivion.tasks where status = 'running' order by random() limit 1)
            order by chunk_index, replica, stage offset floor(3 * random()) limit 1 for no key update skip locked)`,
      )
  })
  return async () => {
    over = true
    await Promise.all(all)
  }
}
