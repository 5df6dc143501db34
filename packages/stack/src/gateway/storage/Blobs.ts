import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'

/** Bytes on disk, each content once, under its SHA-256. */
export type Blobs = {
  put(bytes: Uint8Array, hash: string): Promise<void>
  read(hash: string): ReadableStream
  remove(hash: string): Promise<void>
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const openBlobs = (folder: string): Blobs => {
  const pathOf = (hash: string): string => {
    // From the database, and used as a path: nothing but a hash is ever opened.
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error('A stored object names no content.')
    return join(folder, hash.slice(0, 2), hash)
  }
  return {
    put: async (bytes, hash) => {
      const path = pathOf(hash)
      const draft = `${path}.${randomUUID()}`
      await mkdir(join(folder, hash.slice(0, 2)), { recursive: true, mode: 0o700 })
      await writeFile(draft, bytes, { mode: 0o600 })
      await rename(draft, path)
    },
    read: (hash) => Readable.toWeb(createReadStream(pathOf(hash))) as ReadableStream,
    remove: (hash) => rm(pathOf(hash), { force: true }),
  }
}
