import { readVariable } from '@oblivion/core'
import { checkDatabaseUrl } from '../database/checkDatabaseUrl.ts'
import { type DatabaseUrls, databaseUrls } from '../database/databaseUrls.ts'
import { prepareDatabase } from '../database/prepareDatabase.ts'
import type { HomePaths } from '../home/homePaths.ts'
import type { Secrets } from '../home/secrets.ts'
import { readMigrations } from '../migrate/migrate.ts'
import { migrationsFolder } from '../migrate/migrationsFolder.ts'
import { SUPERUSER } from '../postgres/initCluster.ts'
import { databasePart } from './parts.ts'
import type { Part } from './supervisePart.ts'

/**
 * The database of this stack, migrated: the embedded one, or the one that DATABASE_URL names.
 *
 * @param durable false only where nobody misses the data after a power cut
 * @param start starts the embedded server and keeps it running
 */
export const openDatabase = async (options: {
  environment: NodeJS.ProcessEnv
  paths: HomePaths
  secrets: Secrets
  port: number
  durable?: boolean
  start: (part: Part) => Promise<void>
}): Promise<DatabaseUrls> => {
  const { environment, paths, secrets, port, durable = true, start } = options
  const given = readVariable(environment, 'DATABASE_URL')
  if (given !== null) checkDatabaseUrl(given, readVariable(environment, 'OBLIVION_ALLOW_REMOTE_DATABASE'))
  else await start(databasePart(paths, port, secrets.superuserPassword, durable))
  const embedded = `postgresql://${SUPERUSER}:${secrets.superuserPassword}@127.0.0.1:${port}/postgres`
  const urls = databaseUrls(given ?? embedded, secrets.passwords)
  await prepareDatabase({
    urls,
    passwords: secrets.passwords,
    migrations: readMigrations(migrationsFolder),
    feeBps: readVariable(environment, 'PLATFORM_FEE_PERCENT'),
  })
  return urls
}
