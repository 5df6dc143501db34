// Installs the engine in the database of DATABASE_URL, a Supabase project's for example, or brings it to the newest migration.
import { requireVariable } from '@oblivion/core'
import { migrate, readMigrations } from '../migrate/migrate.ts'
import { migrationsFolder } from '../migrate/migrationsFolder.ts'
import { readFlags } from '../terminal/readFlags.ts'
import { runCommand } from '../terminal/runCommand.ts'
import { makeStyle, wantsColours } from '../terminal/style.ts'

readFlags('db:migrate: installs the engine in the database of DATABASE_URL, or brings it to the newest migration.', {})
const style = makeStyle(wantsColours(process.stdout, process.env))

await runCommand(style, async () => {
  const url = requireVariable(process.env, 'DATABASE_URL')
  const applied = await migrate({ url, migrations: readMigrations(migrationsFolder) })
  process.stdout.write(
    applied.length === 0
      ? 'The database has every migration already.\n'
      : `Applied ${applied.length} migrations, up to ${applied.at(-1)}.\n`,
  )
})
