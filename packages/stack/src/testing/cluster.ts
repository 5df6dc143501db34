import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { applyBootstrap, type LoginRole, loginRoles } from '../bootstrap/applyBootstrap.ts'
import { migrate, readMigrations } from '../migrate/migrate.ts'
import { migrationsFolder } from '../migrate/migrationsFolder.ts'
import type { PostgresVersion } from '../postgres/locatePostgres.ts'
import { startPostgres } from '../postgres/startPostgres.ts'
import { freePort } from '../process/reservePort.ts'

/** What a test needs to reach a cluster: plain data, so that vitest can hand it from its setup to its workers. */
export type ClusterInfo = {
  version: PostgresVersion
  superuserUrl: string
  port: number
  passwords: Record<LoginRole | 'oblivion_coordinator', string>
  /** A database with the bootstrap and all migrations; cloned for each test file in about 0.1 s. */
  template: string
  /** A database with the bootstrap alone, as a hosted project is before its owner's first migration. */
  bootstrapTemplate: string
}

export type Cluster = ClusterInfo & { stop(): Promise<void> }

/**
 * Starts a PostgreSQL of its own in a temporary folder and prepares the two templates. Takes some 2 s.
 *
 * Nothing is kept: `stop` removes the folder, and the server dies with the process that started it. So commits wait for
 * no disk, unless a benchmark asks for it by `durable`.
 *
 * @example
 * const cluster = await startCluster({ version: '15' })
 * const database = await createDatabase(cluster)
 */
export const startCluster = async (
  options: {
    version?: PostgresVersion
    migrations?: boolean
    durable?: boolean
    settings?: Record<string, string>
  } = {},
): Promise<Cluster> => {
  const { version = 'embedded', migrations = true, durable = false, settings = {} } = options
  const folder = mkdtempSync(join(tmpdir(), 'oblivion-cluster-'))
  const password = secret()
  const port = await freePort()
  const postgres = await startPostgres({
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
    port,
    password,
    version,
    durable,
    settings,
  })
  const stop = async (): Promise<void> => {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const passwords = Object.fromEntries(
      [...loginRoles, 'oblivion_coordinator' as const].map((role) => [role, secret()]),
    ) as ClusterInfo['passwords']
    const { superuserUrl } = postgres
    const info: ClusterInfo = {
      ...{ version, superuserUrl, port, passwords },
      ...{ template: 'template_oblivion', bootstrapTemplate: 'template_bootstrap' },
    }
    await prepareTemplates(info, migrations)
    return { ...info, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The URL of one database of the cluster, as one of its roles. */
export const databaseUrl = (info: ClusterInfo, role: keyof ClusterInfo['passwords'], database: string): string =>
  `postgresql://${role}:${info.passwords[role]}@127.0.0.1:${info.port}/${database}`

/** The URL of one database of the cluster, as its superuser. */
export const superuserDatabaseUrl = (info: ClusterInfo, database: string): string => {
  const url = new URL(info.superuserUrl)
  url.pathname = `/${database}`
  return url.href
}

const secret = (): string => randomBytes(16).toString('hex')

const prepareTemplates = async (info: ClusterInfo, migrations: boolean): Promise<void> => {
  const admin = new pg.Client({ connectionString: info.superuserUrl })
  await admin.connect()
  try {
    await admin.query(`create database ${info.bootstrapTemplate}`)
    await applyBootstrap({
      superuserUrl: superuserDatabaseUrl(info, info.bootstrapTemplate),
      passwords: info.passwords,
    })
    await admin.query(`create database ${info.template} template ${info.bootstrapTemplate} owner postgres`)
    if (!migrations) return
    await migrate({ url: databaseUrl(info, 'postgres', info.template), migrations: readMigrations(migrationsFolder) })
    await setCoordinatorPassword(admin, info.passwords.oblivion_coordinator)
  } finally {
    await admin.end()
  }
}

/** The migrations make the role; a password in a migration would be one that everybody knows. */
const setCoordinatorPassword = async (admin: pg.Client, password: string): Promise<void> => {
  const present = await admin.query(`select 1 from pg_roles where rolname = 'oblivion_coordinator'`)
  if (present.rowCount === 0) return
  await admin.query(`alter role oblivion_coordinator login password ${pg.escapeLiteral(password)}`)
}
