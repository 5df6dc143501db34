import { bundlePrograms, bundleSupport } from '@oblivion/programs/build'
import type { ServerPrograms } from './createServerWorker.ts'

let made: Promise<ServerPrograms> | null = null

/** The programs of this very version. Here they are made from their sources; the built package has their text instead. */
export const ownPrograms = (): Promise<ServerPrograms> => {
  made ??= Promise.all([bundlePrograms(), bundleSupport()]).then(([builtins, support]) => ({ builtins, support }))
  return made
}
