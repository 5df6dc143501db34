import pg from 'pg'
import { applyBootstrap } from '../bootstrap/applyBootstrap.ts'
import type { Secrets } from '../home/secrets.ts'
import { type Migration, migrate } from '../migrate/migrate.ts'
import { StackError } from '../StackError.ts'
import type { DatabaseUrls } from './databaseUrls.ts'

/**
 * Makes a database ready: what a hosted project has before its owner's first migration, then our migrations, then the
 * coordinator's password and the platform's share. May run at every start.
 *
 * @returns the versions that were applied now
 */
export const prepareDatabase = async (options: {
  urls: DatabaseUrls
  passwords: Secrets['passwords']
  migrations: Migration[]
  feeBps: number
}): Promise<string[]> => {
  const { urls, passwords, migrations, feeBps } = options
  const admin = new pg.Client({ connectionString: urls.superuser, application_name: 'oblivion-start' })
  await connect(admin)
  try {
    await refuseWrongRole(admin)
    await applyBootstrap({ superuserUrl: urls.superuser, passwords })
    const applied = await migrate({ url: urls.postgres, migrations })
    // A password in a migration would be one that everybody knows.
    await admin.query(
      `alter role oblivion_coordinator login password ${pg.escapeLiteral(passwords.oblivion_coordinator)}`,
    )
    await admin.query('update oblivion.settings set fee_bps = $1 where fee_bps <> $1', [feeBps])
    // A development network has one or two customers: three, as the engine asks by default (T5), would prove nobody.
    await admin.query('update oblivion.settings set proven_customers = 1 where proven_customers = 3')
    return applied
  } finally {
    await admin.end()
  }
}

const connect = async (admin: pg.Client): Promise<void> => {
  try {
    await admin.connect()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StackError('database_refused', `The database cannot be reached: ${reason}.`, 'Check DATABASE_URL.', {
      cause,
    })
  }
}

/** The bootstrap needs a superuser, and takes that right from `postgres`, which is no superuser on Supabase either. */
const refuseWrongRole = async (admin: pg.Client): Promise<void> => {
  const { rows } = await admin.query<{ name: string; rolsuper: boolean; version: number }>(
    `select current_user::text as name, r.rolsuper, current_setting('server_version_num')::int as version
       from pg_roles r where r.rolname = current_user`,
  )
  const [role] = rows
  if (role === undefined || role.version < 150_000) {
    throw new StackError('database_refused', 'The database is older than PostgreSQL 15.', 'Use 15 or newer.')
  }
  if (role.rolsuper && role.name !== 'postgres') return
  throw new StackError(
    'database_refused',
    role.rolsuper
      ? 'DATABASE_URL connects as the superuser postgres, whose rights the stack would have to take away.'
      : `DATABASE_URL connects as ${role.name}, who is no superuser, so the stack cannot make its roles there.`,
    "Give it a server of its own and a role for it: create role supabase_admin superuser login password '...'. " +
      'For a Supabase project the stack is not needed; the README says how to point the apps at one.',
  )
}
