import pg from 'pg'

/** What one measurement varies. `durable` is `synchronous_commit`; the cluster itself syncs its log in both. */
export type Load = { connections: number; durable: boolean; ms: number }

/** One way to run no-op jobs, measured beside the others. */
export type Contender = {
  name: string
  /** gateway: as the API gateway calls it, a transaction with role and headers each; sql: statements alone; library. */
  level: 'gateway' | 'sql' | 'library'
  /** How many jobs it takes and ends in one step; its ratio is to the peer that does the same. */
  batch: number
  /** Makes sure that at least this many jobs wait, and leaves no garbage of the last round behind. */
  prepare(jobs: number): Promise<void>
  /** Works for about `load.ms` and answers the jobs per second of that time. */
  run(load: Load): Promise<number>
}

/** A batch takes more in a second than one job at a time; so many times the jobs wait for it. */
export const SUPPLY = 5

/** The connection string with a setting for its sessions: what a contender's own pool takes as well. */
export const withSynchronousCommit = (url: string, durable: boolean): string => {
  const changed = new URL(url)
  changed.searchParams.set('options', `-c synchronous_commit=${durable ? 'on' : 'off'}`)
  return changed.href
}

/**
 * `load.connections` clients that repeat `cycle` until the time is over. `cycle` answers how many jobs it ended.
 *
 * @throws Error when a client found nothing to do, for then the figure would be one of idling.
 */
export const drive = async (
  url: string,
  load: Load,
  open: (client: pg.Client, index: number) => Promise<() => Promise<number>>,
): Promise<number> => {
  const clients = Array.from(
    { length: load.connections },
    () => new pg.Client({ connectionString: withSynchronousCommit(url, load.durable) }),
  )
  try {
    await Promise.all(clients.map((client) => client.connect()))
    const cycles = await Promise.all(clients.map(open))
    // The first calls of a connection plan every statement and fill its caches; libraries keep theirs open as well.
    await Promise.all(cycles.map((cycle) => times(WARM, cycle)))
    const from = performance.now()
    const until = from + load.ms
    const ended = await Promise.all(
      cycles.map(async (cycle) => {
        let jobs = 0
        while (performance.now() < until) jobs += await cycle()
        return jobs
      }),
    )
    const seconds = (performance.now() - from) / 1000
    return ended.reduce((sum, jobs) => sum + jobs, 0) / seconds
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

const WARM = 8

const times = async (count: number, cycle: () => Promise<number>): Promise<void> => {
  for (let n = 0; n < count; n += 1) await cycle()
}
