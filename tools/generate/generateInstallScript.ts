import { readMigrations } from '../../packages/stack/src/migrate/migrate.ts'
import { migrationsFolder } from '../../packages/stack/src/migrate/migrationsFolder.ts'

const head = `-- The whole engine of Oblivion in one file, for the SQL editor of a Supabase project.
-- Generated from database/supabase/migrations by \`pnpm generate sql\`. Do not edit.
--
-- It installs all or nothing, in a project where none of our names is taken, and leaves the history that
-- \`supabase --workdir database db push\` continues from. To update an installed project, use that command.

begin;
`

const history = `
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
`

/** All migrations in their order as one script, with the rows that `db push` would have left. */
export async function generateInstallScript(): Promise<string> {
  const migrations = readMigrations(migrationsFolder)
  const parts = migrations.map(
    ({ version, name, sql }) => `\n-- ${version}_${name}.sql\n\n${sql.trim()}\n\nreset all;\n`,
  )
  const rows = migrations.map(({ version, name }) => `  ('${version}', '${name}')`).join(',\n')
  const insert = `insert into supabase_migrations.schema_migrations (version, name) values\n${rows};\n\ncommit;\n`
  return head + parts.join('') + history + insert
}
