import pg from 'pg'
import type { PartWatch } from '../health/watchPart.ts'
import { OutageError } from '../OutageError.ts'
import { isDatabaseOutage } from './isDatabaseOutage.ts'

// Two numbers name an advisory lock of this database; single-number locks, as the engine takes them, are other ones.
const LOCK = [0x0b11, 1] as const

/** The right to settle: at most one coordinator of a database holds it, for as long as its connection lives. */
export type SettlingLock = {
  /** True where this process holds the lock now; takes it where it is free. */
  hold(): Promise<boolean>
  release(): Promise<void>
}

/**
 * A lock held by a connection of its own, so that it goes when the process or the connection dies. It is for economy:
 * two holders at once (one that has not noticed yet that its connection broke) still pay nobody twice, since totals are
 * cumulative and the engine books each event once.
 */
export function createSettlingLock(parameters: {
  databaseUrl: string
  watch: PartWatch
  queryTimeoutMs?: number
}): SettlingLock {
  const { databaseUrl, watch, queryTimeoutMs = 10_000 } = parameters
  let client: pg.Client | null = null
  let held = false

  const forget = () => {
    client = null
    held = false
  }
  const connect = async (): Promise<pg.Client> => {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'oblivion-coordinator-lock',
      connectionTimeoutMillis: 5_000,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
    })
    // Without a listener a broken connection would end the process.
    fresh.on('error', watch.lost)
    fresh.once('end', () => {
      if (client === fresh) forget()
    })
    await fresh.connect()
    return fresh
  }

  return {
    async hold() {
      if (held) return true
      try {
        client ??= await connect()
        const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [
          ...LOCK,
        ])
        held = rows[0]?.locked === true
        return held
      } catch (error) {
        // The driver gives up a late answer, the server goes on: left open, this connection would get the lock unseen.
        void client?.end().catch(() => undefined)
        forget()
        if (!isDatabaseOutage(error)) throw error
        watch.lost(error)
        throw new OutageError('database', { cause: error })
      }
    },
    async release() {
      const ending = client
      forget()
      await ending?.end()
    },
  }
}
