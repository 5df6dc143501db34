import { accessPage } from '../../database/tests/access/accessPage.ts'
import { measureFunctions, measureRelations } from '../../database/tests/access/measure.ts'
import { createWorld } from '../../database/tests/access/world.ts'
import type { TestDatabase } from '../../packages/stack/src/testing/index.ts'

/** docs/access.md, by trying everything as everybody. Leaves rows behind: the last to use a database. */
export async function generateAccess(database: TestDatabase): Promise<string> {
  const world = await createWorld(database)
  return accessPage(await measureFunctions(world), await measureRelations(world))
}
