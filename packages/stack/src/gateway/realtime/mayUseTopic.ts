import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { DatabaseError } from 'pg'
import { asCaller, type Caller } from '../database/asCaller.ts'

/**
 * Asks the policies on realtime.messages whether a caller may read from or write to a private topic, as Supabase
 * Realtime does: by trying it in a transaction that is rolled back. Reading means to see a row of the topic, which is
 * put there for the purpose; writing means to insert one.
 */
export const mayUseTopic = (
  pool: pg.Pool,
  { caller, topic, action }: { caller: Caller; topic: string; action: 'read' | 'write' },
): Promise<boolean> => {
  const facts = { method: 'GET', path: '/realtime/v1/websocket', headers: {} }
  const prober = { role: 'service_role', claims: caller.claims }
  return asCaller(pool, { caller: prober, facts, readOnly: false }, async (client) => {
    await client.query('savepoint probe')
    try {
      return await (action === 'read' ? mayRead : mayWrite)(client, caller, topic)
    } catch (error) {
      // 42501: no policy, no grant, or a role that authenticator may not become. A policy that fails is no yes either.
      if (error instanceof DatabaseError) return false
      throw error
    } finally {
      await client.query('rollback to savepoint probe')
    }
  })
}

const mayRead = async (client: pg.PoolClient, caller: Caller, topic: string): Promise<boolean> => {
  const id = randomUUID()
  await client.query(
    `insert into realtime.messages (id, topic, extension, private) values ($1, $2, 'broadcast', true)`,
    [id, topic],
  )
  await become(client, caller, topic)
  const { rowCount } = await client.query('select from realtime.messages where id = $1', [id])
  return rowCount === 1
}

const mayWrite = async (client: pg.PoolClient, caller: Caller, topic: string): Promise<boolean> => {
  await become(client, caller, topic)
  await client.query(`insert into realtime.messages (topic, extension, private) values ($1, 'broadcast', true)`, [
    topic,
  ])
  return true
}

const become = async (client: pg.PoolClient, { role }: Caller, topic: string): Promise<void> => {
  await client.query(
    `select set_config('realtime.topic', $1, true), set_config('request.jwt.claim.role', $2, true),
       set_config('role', $2, true)`,
    [topic, role],
  )
}
