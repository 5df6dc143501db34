import { createDatabase, startCluster, type TestDatabase } from '../../packages/stack/src/testing/index.ts'

/** Calls `use` with a throw-away database that holds all migrations. */
export async function withMigratedDatabase<T>(use: (database: TestDatabase) => Promise<T>): Promise<T> {
  const cluster = await startCluster()
  try {
    const database = await createDatabase(cluster)
    try {
      return await use(database)
    } finally {
      await database.drop()
    }
  } finally {
    await cluster.stop()
  }
}
