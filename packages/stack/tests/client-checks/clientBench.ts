import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type SupabaseClient, type SupabaseClientOptions } from '@supabase/supabase-js'
import pg from 'pg'
import type { PrivateKeyAccount } from 'viem/accounts'
import { signApiKey } from '../../src/gateway/auth/signApiKey.ts'
import { type GatewayOptions, startGateway } from '../../src/gateway/startGateway.ts'
import { accounts, type ClusterInfo, createDatabase, databaseUrl, type TestDatabase } from '../../src/testing/index.ts'
import { signInMessage } from './signInMessage.ts'

export const dappOrigin = 'http://localhost:5173'
export const bridgeOrigin = 'http://127.0.0.1:5174'
export const jwtSecret = 'a-secret-of-the-tests-that-has-more-than-32-characters'

type Options = SupabaseClientOptions<'public'>

/** A gateway over a database with the fixture, a clock that tests move, and unmodified clients. */
export type ClientBench = {
  url: string
  database: TestDatabase
  anonKey: string
  serviceKey: string
  /** The gateway's clock runs with the real one; this puts it ahead. */
  advance(milliseconds: number): void
  now(): Date
  anon(options?: Options): SupabaseClient
  service(): SupabaseClient
  /** A client whose user has signed in with the wallet's message. */
  wallet(account: PrivateKeyAccount, options?: Options): Promise<SupabaseClient>
  close(): Promise<void>
}

export const alice: PrivateKeyAccount = accounts[1]!
export const bob: PrivateKeyAccount = accounts[2]!

/** @param fetch stands between the clients and the network; the oracle test looks and redirects there */
export const startClientBench = async (
  cluster: ClusterInfo,
  settings: Partial<GatewayOptions> = {},
  fetch?: typeof globalThis.fetch,
): Promise<ClientBench> => {
  const database = await createDatabase(cluster, { template: 'bootstrap' })
  await applyFixture(database.url)
  const storageFolder = mkdtempSync(join(tmpdir(), 'oblivion-storage-'))
  let ahead = 0
  const now = (): Date => new Date(Date.now() + ahead)
  const as = (role: 'authenticator' | 'supabase_auth_admin' | 'supabase_storage_admin' | 'supabase_realtime_admin') =>
    databaseUrl(cluster, role, database.name)
  const gateway = await startGateway({
    port: 0,
    databases: {
      authenticator: as('authenticator'),
      authAdmin: as('supabase_auth_admin'),
      storageAdmin: as('supabase_storage_admin'),
      realtimeAdmin: as('supabase_realtime_admin'),
    },
    ...{ jwtSecret, storageFolder, now },
    allowedOrigins: [dappOrigin, bridgeOrigin],
    signInOrigins: [dappOrigin],
    ...settings,
  })
  const anonKey = await signApiKey({ jwtSecret, role: 'anon' })
  const serviceKey = await signApiKey({ jwtSecret, role: 'service_role' })
  const clients: SupabaseClient[] = []
  const client = (key: string, options: Options = {}): SupabaseClient => {
    const auth = { persistSession: false, autoRefreshToken: false, ...options.auth }
    const global = { ...options.global, ...(fetch ? { fetch } : {}) }
    const made = createClient(gateway.url, key, { ...options, auth, global })
    clients.push(made)
    return made
  }
  return {
    ...{ url: gateway.url, database, anonKey, serviceKey, now },
    advance: (milliseconds) => {
      ahead += milliseconds
    },
    anon: (options) => client(anonKey, options),
    service: () => client(serviceKey),
    wallet: async (account, options) => {
      const made = client(anonKey, options)
      const message = signInMessage({ address: account.address, issuedAt: now() })
      const signature = await account.signMessage({ message })
      const { error } = await made.auth.signInWithWeb3({ chain: 'ethereum', message, signature })
      if (error) throw error
      return made
    },
    close: async () => {
      await Promise.all(clients.map((made) => made.removeAllChannels()))
      await gateway.close()
      await database.drop()
      rmSync(storageFolder, { recursive: true, force: true })
    },
  }
}

const applyFixture = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(readFileSync(new URL('fixture.sql', import.meta.url), 'utf8'))
  } finally {
    await client.end()
  }
}
