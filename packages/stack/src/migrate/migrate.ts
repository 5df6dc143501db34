import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { StackError } from '../StackError.ts'
import { splitStatements } from './splitStatements.ts'

/** One file of database/supabase/migrations. */
export type Migration = { version: string; name: string; sql: string }

const FILE_NAME = /^(?<version>\d{14})_(?<name>.*)\.sql$/

/** The migrations of a folder in the order of their versions; other files are passed over, as the CLI does. */
export const readMigrations = (folder: string): Migration[] =>
  readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const match = FILE_NAME.exec(file)?.groups
      if (match?.version === undefined || match.name === undefined) return []
      return [{ version: match.version, name: match.name, sql: readFileSync(join(folder, file), 'utf8') }]
    })

/** Statement for statement what `supabase db push` (3.1.0) sends where there is no history yet. */
const HISTORY = [
  'create schema if not exists supabase_migrations',
  'create table if not exists supabase_migrations.schema_migrations (version text not null primary key)',
  'alter table supabase_migrations.schema_migrations add column if not exists statements text[]',
  'alter table supabase_migrations.schema_migrations add column if not exists name text',
]

/**
 * Brings a database to the newest migration, each file in one transaction together with its row in the history, and
 * leaves exactly what `supabase db push` would, so that either may be used after the other.
 *
 * Connects as `postgres`, who is no superuser, as on Supabase. Two that run at once take turns.
 *
 * @param options.url connection string of role `postgres`
 * @returns the versions that were applied now
 * @throws StackError `migration_refused` naming the file and line, with the database's own error as its cause; the
 *   database is left at the file before it
 */
export const migrate = async (options: { url: string; migrations: Migration[] }): Promise<string[]> => {
  const client = new pg.Client({ connectionString: options.url, application_name: 'oblivion-migrate' })
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('oblivion migrations'))`)
    // `if not exists` would still say so in a notice, and ask for the right to create.
    const present = await client.query(`select to_regclass('supabase_migrations.schema_migrations') is not null as yes`)
    if (!present.rows[0]?.yes) for (const statement of HISTORY) await client.query(statement)
    const history = await client.query<{ version: string }>(`select version from supabase_migrations.schema_migrations`)
    const applied = new Set(history.rows.map((row) => row.version))
    refuseUnknown(applied, options.migrations)
    const due = options.migrations.filter(({ version }) => !applied.has(version))
    for (const migration of due) await applyOne(client, migration)
    return due.map(({ version }) => version)
  } finally {
    await client.end()
  }
}

const applyOne = async (client: pg.Client, { version, name, sql }: Migration): Promise<void> => {
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query(
      'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
      [version, name, splitStatements(sql)],
    )
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback').catch(() => undefined)
    const where = lineOf(sql, (cause as { position?: string }).position)
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `Migration ${version}_${name}.sql${where} was refused: ${reason}`
    throw new StackError('migration_refused', message, hintOf(cause), { cause })
  }
  // As the CLI does between two files: a `set` of one must not reach the next.
  await client.query('reset all')
}

/** The migrations' own refusals bring their advice (a taken name, for example). */
const hintOf = (cause: unknown): string =>
  (cause as { hint?: string }).hint ?? 'Nothing of this file was kept. Correct it and start again.'

const lineOf = (sql: string, position: string | undefined): string =>
  position === undefined ? '' : `, line ${sql.slice(0, Number(position)).split('\n').length},`

/** The CLI refuses too: somebody's newer database would be run with older code. */
const refuseUnknown = (applied: Set<string>, migrations: Migration[]): void => {
  const known = new Set(migrations.map(({ version }) => version))
  const unknown = [...applied].filter((version) => !known.has(version))
  if (unknown.length === 0) return
  throw new StackError(
    'migration_refused',
    `The database has migrations that this checkout does not know: ${unknown.join(', ')}.`,
    'Check out the newer code, or start over with an empty database: npx -y pnpm@12.21.0 reset',
  )
}
