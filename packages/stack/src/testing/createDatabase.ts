import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type ClusterInfo, databaseUrl, superuserDatabaseUrl } from './cluster.ts'
import { type ActAs, runAs, type Session } from './runAs.ts'
import { insertWallet } from './wallet.ts'

/** A database of one test file's own. */
export type TestDatabase = {
  name: string
  /** As `postgres`, who owns what the migrations made and is no superuser. */
  url: string
  superuserUrl: string
  /** As `oblivion_coordinator`. */
  coordinatorUrl: string
  authenticatorUrl: string
  /** Runs SQL as the superuser: to prepare and to inspect, never as the thing under test. */
  query<T extends Row = Row>(sql: string, params?: unknown[]): Promise<T[]>
  /** One transaction as a caller of the API, exactly as the gateway makes it. */
  as<T>(who: ActAs, act: (session: Session) => Promise<T>): Promise<T>
  /** A signed-in wallet: the rows that Sign in with Ethereum leaves. Asked again for the same address: the same user. */
  createWallet(address: string): Promise<{ userId: string; address: string }>
  drop(): Promise<void>
}

type Row = Record<string, unknown>

/**
 * Clones a template of the cluster into a database of its own.
 *
 * @param options.template `'migrated'` (default) or `'bootstrap'`, which has roles, auth, realtime and storage only
 * @example
 * const database = await createDatabase(inject('cluster'))
 * const { userId } = await database.createWallet('0x70997970C51812dc3A010C7d01b50e0d17dc79C8')
 * const answer = await database.as({ role: 'authenticated', sub: userId }, ({ rpc }) =>
 *   rpc('register_node', { p_hardware_id: 'a' }))
 */
export const createDatabase = async (
  cluster: ClusterInfo,
  options: { template?: 'migrated' | 'bootstrap'; name?: string } = {},
): Promise<TestDatabase> => {
  const template = options.template === 'bootstrap' ? cluster.bootstrapTemplate : cluster.template
  const { name = `test_${randomBytes(6).toString('hex')}` } = options
  await asAdmin(cluster, `create database ${name} template ${template} owner postgres`)
  const superuserUrl = superuserDatabaseUrl(cluster, name)
  const authenticatorUrl = databaseUrl(cluster, 'authenticator', name)
  const coordinatorUrl = databaseUrl(cluster, 'oblivion_coordinator', name)
  const url = databaseUrl(cluster, 'postgres', name)
  const pools = {
    superuser: quietPool(superuserUrl),
    authenticator: quietPool(authenticatorUrl),
    coordinator: quietPool(coordinatorUrl),
    postgres: quietPool(url),
  }
  return {
    ...{ name, url, superuserUrl, coordinatorUrl, authenticatorUrl },
    query: async <T extends Row>(sql: string, params: unknown[] = []) =>
      (await pools.superuser.query<T>(sql, params)).rows,
    as: (who, act) => runAs(pools, who, act),
    createWallet: (address) => insertWallet(pools.superuser, address),
    drop: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()))
      await asAdmin(cluster, `drop database if exists ${name} with (force)`)
    },
  }
}

const quietPool = (connectionString: string): pg.Pool => {
  const pool = new pg.Pool({ connectionString, max: 20, allowExitOnIdle: true })
  // An idle connection that the server closes (drop with force, a stopped cluster) would end the test process.
  pool.on('error', () => undefined)
  return pool
}

const asAdmin = async (cluster: ClusterInfo, sql: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: cluster.superuserUrl })
  await admin.connect()
  try {
    await admin.query(sql)
  } finally {
    await admin.end()
  }
}
