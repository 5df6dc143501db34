import pg from 'pg'
import type { Broadcast, Hub } from './Hub.ts'

type Row = Broadcast & { id: string }

/** As on Supabase, broadcasts are kept for three days. */
const prune = `delete from realtime.messages where inserted_at < now() - interval '3 days'`
const pruneEveryMs = 3_600_000
const retryAfterMs = 1000

/**
 * Carries what `realtime.send` inserts to whoever listens, in the order of the commits.
 *
 * While the connection is down broadcasts are lost, as they are for a client that is offline: they are hints.
 */
export const listenToDatabase = async (connectionString: string, hub: Hub): Promise<{ close(): Promise<void> }> => {
  let current: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null
  let closed = false

  const connect = async (): Promise<void> => {
    const client = new pg.Client({ connectionString, application_name: 'oblivion gateway listener' })
    let lost = false
    const onLost = (error?: Error): void => {
      if (lost || closed) return
      lost = true
      current = null
      console.error(`gateway: the connection for broadcasts ended (${error?.message ?? 'closed'}), connecting again`)
      client.end().catch(() => undefined)
      timer = setTimeout(() => connect().catch(onRetryFailed), retryAfterMs)
    }
    client.on('error', onLost)
    client.on('end', () => onLost())
    const deliver = deliverer(client, hub)
    client.on('notification', ({ payload }) => payload && deliver(payload))
    await client.connect()
    await client.query('listen oblivion_stack_broadcast')
    await client.query(prune)
    current = client
  }
  const onRetryFailed = (): void => {
    if (!closed) timer = setTimeout(() => connect().catch(onRetryFailed), retryAfterMs)
  }

  await connect()
  const pruning = setInterval(() => {
    current?.query(prune).catch((error: Error) => console.error(`gateway: pruning broadcasts failed: ${error.message}`))
  }, pruneEveryMs)
  pruning.unref()
  return {
    close: async () => {
      closed = true
      clearInterval(pruning)
      if (timer) clearTimeout(timer)
      await current?.end()
    },
  }
}

/** Takes ids as they come and sends their rows; ids that arrive meanwhile are fetched together. */
const deliverer = (client: pg.Client, hub: Hub): ((id: string) => void) => {
  let waiting: string[] = []
  let running = false
  const drain = async (): Promise<void> => {
    running = true
    try {
      while (waiting.length > 0) {
        const ids = waiting
        waiting = []
        const { rows } = await client.query<Row>(
          'select id, topic, event, payload, private from realtime.messages where id = any ($1)',
          [ids],
        )
        const byId = new Map(rows.map((row) => [row.id, row]))
        for (const id of ids) {
          const row = byId.get(id)
          if (row) hub.broadcast(row)
        }
      }
    } catch (error) {
      console.error(`gateway: broadcasts could not be read: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      running = false
    }
  }
  return (id) => {
    waiting.push(id)
    if (!running) void drain()
  }
}
