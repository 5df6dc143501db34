import { type ClientOptions, isTransient, storeInput } from '@oblivion/client'
import { OblivionError } from '@oblivion/core'
import { bytesOf, type InputFile, readChunk } from './inputFile.ts'

/** At once: enough to hide the way there and back, few enough to leave a home's line usable. */
const lanes = 3
/**
 * Chunks up to this size in bytes go into the call itself, as long as all of those together leave it small: the server takes
 * 64 kB a chunk and 10 MiB a call.
 */
const mostInline = 32_768
const mostInlineTogether = 4_194_304
const tries = 3

/** What became of the chunks so far; kept so that a second try goes on where the first one ended. */
export type StoredChunks = {
  /** What stands for a chunk in the task, by its index. */
  readonly parts: Map<number, unknown>
  /** Bytes that may still go into the call. */
  room: number
}

export const noChunks = (): StoredChunks => ({ parts: new Map(), room: mostInlineTogether })

type StoreChunksParameters = {
  options: ClientOptions
  address: string
  input: InputFile
  rowsPerChunk: number
  chunks: number
  stored: StoredChunks
  signal: AbortSignal
  /** Told how many chunks are there. */
  onProgress: (done: number) => void
}

/**
 * Keeps the chunks of a file in Storage, each under the SHA-256 of its own bytes, and answers what stands for them in the
 * task, in order. The node that gets one hashes what it reads and takes no other bytes.
 *
 * @throws {InputFileError} The file is not what it was. @throws what `storeInput` throws; what was kept stays in `stored`.
 */
export async function storeChunks(parameters: StoreChunksParameters): Promise<unknown[]> {
  const { input, rowsPerChunk, chunks, stored, onProgress } = parameters
  const ended = new AbortController()
  const signal = AbortSignal.any([parameters.signal, ended.signal])
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < chunks; index = next++) {
      if (stored.parts.has(index)) continue
      const value = await readChunk(input, rowsPerChunk, index)
      signal.throwIfAborted()
      const bytes = bytesOf(value)
      if (bytes <= Math.min(mostInline, stored.room)) {
        stored.room -= bytes
        stored.parts.set(index, value)
      } else stored.parts.set(index, await store(parameters, value, signal))
      onProgress(stored.parts.size)
    }
  }
  onProgress(stored.parts.size)
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } catch (error) {
    // The other lanes too: whoever tries again begins with all of them.
    ended.abort(error)
    throw error
  }
  return Array.from({ length: chunks }, (_, index) => stored.parts.get(index))
}

async function store(
  { options, address }: StoreChunksParameters,
  input: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await storeInput(options, { address, input, signal })
    } catch (error) {
      signal.throwIfAborted()
      if (attempt === tries || !(error instanceof OblivionError) || !isTransient(error)) throw error
    }
  }
}
