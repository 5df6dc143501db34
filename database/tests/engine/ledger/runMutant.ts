import { createDatabase } from '@oblivion/stack/testing'
import { inject } from 'vitest'
import { migrate, readMigrations } from '../../../../packages/stack/src/migrate/migrate.ts'
import { migrationsFolder } from '../../../../packages/stack/src/migrate/migrationsFolder.ts'
import { engineOn } from '../engine.ts'
import { books } from './books.ts'
import { historyOf } from './happenings.ts'
import type { Killer, Mutant } from './mutantList.ts'
import { play } from './play.ts'

/** One fixed history: a mutant is found or not, never by luck. */
const HISTORY = historyOf(20_261_124, 4_000)

/**
 * Migrates a fresh database with the mutant's text, or with none, and runs what has to see it.
 *
 * @returns what it said of the mutant; undefined means that the mutant lives
 * @throws where the text does not stand in its migration exactly once, or the migration itself is refused
 */
export const runMutant = async (mutant: Mutant | undefined, killer: Killer): Promise<string | undefined> => {
  const database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
  try {
    await migrate({ url: database.url, migrations: mutated(mutant) })
  } catch (error) {
    await database.drop()
    throw error
  }
  // It drops the database itself.
  if (killer === 'a random history') return await play(HISTORY, { database }).then(() => undefined, told)
  const engine = await engineOn(database)
  try {
    return await books[killer](engine).then(() => undefined, told)
  } finally {
    await engine.drop()
  }
}

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The migrations with the mutant's text, or throws where its line does not stand exactly once. */
export const mutated = (mutant: Mutant | undefined) => {
  const migrations = readMigrations(migrationsFolder)
  if (mutant === undefined) return migrations
  const { name, file, find, replace } = mutant
  const target = migrations.find((migration) => migration.name === file)
  if (target?.sql.split(find).length !== 2)
    throw new Error(`"${name}": its text does not stand in the migration ${file} exactly once`)
  return migrations.map((migration) =>
    migration === target ? { ...migration, sql: migration.sql.replace(find, () => replace) } : migration,
  )
}
