import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OblivionError } from '@oblivion/core'
import { OutputError } from '../OutputError.ts'

export interface PostedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Writes what a task was posted with into a folder: its programs, and `data.json`, a list that `submit --inputs` takes.
 *
 * @returns How many inputs there are.
 * @throws {OutputError} where it cannot be written; what reading the inputs throws.
 */
export const writePosted = async (
  folder: string,
  inputs: AsyncIterable<string>,
  programs: readonly PostedFile[],
): Promise<number> => {
  const path = join(folder, 'data.json')
  // A file that is half written has another name.
  const part = `${path}.part`
  let count = 0
  try {
    await mkdir(folder, { recursive: true })
    for (const { name, bytes } of programs) await writeFile(join(folder, name), bytes)
    const file = await open(part, 'w')
    try {
      for await (const text of inputs) {
        await file.write(`${count === 0 ? '[' : ','}\n${text}`)
        count += 1
      }
      await file.write(count === 0 ? '[]\n' : '\n]\n')
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {})
    if (cause instanceof OblivionError) throw cause
    throw new OutputError(`${folder} cannot be written: ${(cause as Error).message}.`, { cause })
  }
  return count
}
