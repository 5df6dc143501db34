import { lstatSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface OwnFolder {
  /** Where it is now. */
  readonly path: () => string
  readonly remove: () => void
}

/**
 * A temporary folder that only we write, as long as it is needed: systems remove there what was not touched for some days, and
 * a worker may wait longer for a job. It is made anew then, under another name, since anybody may take the old one.
 */
export const openOwnFolder = (): OwnFolder => {
  const make = (): string => mkdtempSync(join(tmpdir(), 'oblivion-deno-'))
  let folder = make()
  return {
    path: () => {
      if (!isOurs(folder)) folder = make()
      return folder
    },
    remove: () => {
      if (isOurs(folder)) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const isOurs = (folder: string): boolean => {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (!found?.isDirectory()) return false
  // Windows knows no such numbers, and has a temporary folder for each user.
  return process.getuid === undefined || found.uid === process.getuid()
}
