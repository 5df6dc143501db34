import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskResult } from '@oblivion/client'
import { sha256Hex } from '@oblivion/core'
import { OutputError } from '../OutputError.ts'

/**
 * A folder of results: `<chunk>.json` for each, canonical JSON whose SHA-256 is the hash in its receipt. Where the replicas
 * of a chunk disagree, each result that was paid has the beginning of its hash in its name.
 *
 * @throws {OutputError} where it cannot be made; `keep` where a file cannot be written.
 */
export const openResultFolder = async (folder: string): Promise<{ keep: (result: TaskResult) => Promise<boolean> }> => {
  await mkdir(folder, { recursive: true }).catch((cause) => fail(folder, cause))
  return {
    /** Whether it was not there yet, whole and with the right hash. */
    keep: async ({ facts, text }) => {
      const { chunkIndex, resultHash, verdict } = facts
      const name = String(chunkIndex).padStart(6, '0')
      const path = join(folder, `${name}${verdict === 'inconclusive' ? `-${resultHash.slice(0, 8)}` : ''}.json`)
      const there = await readFile(path).catch(() => null)
      if (there !== null && sha256Hex(there) === resultHash) return false
      const bytes = await text()
      // A file that is half written has another name.
      const part = `${path}.part`
      try {
        await writeFile(part, bytes)
        await rename(part, path)
      } catch (cause) {
        await rm(part, { force: true }).catch(() => {})
        fail(path, cause)
      }
      return true
    },
  }
}

const fail = (path: string, cause: unknown): never => {
  throw new OutputError(`${path} cannot be written: ${(cause as Error).message}. What is there already is kept.`, {
    cause,
  })
}
