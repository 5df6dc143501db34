import { type ClientOptions, isTransient, storeInput } from '@oblivion/client'
import { canonicalJson, OblivionError } from '@oblivion/core'
import { type InputFile, readChunk } from './inputFile.ts'

/** At once: enough to hide the way there and back, few enough to leave a home's line usable. */
const lanes = 3
/** Chunks up to this size go into the call itself, in UTF-16 units, as long as all of those together leave it small. */
const mostInline = 32_768
const mostInlineTogether = 4_194_304
const tries = 3

/** What became of the chunks so far, by index; kept so that a second try goes on where the first one ended. */
export type StoredChunks = Map<number, unknown>

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
  let room = mostInlineTogether
  const lane = async (): Promise<void> => {
    for (let index = next++; index < chunks; index = next++) {
      if (stored.has(index)) continue
      signal.throwIfAborted()
      const value = await readChunk(input, rowsPerChunk, index)
      const length = canonicalJson(value).length
      if (length <= Math.min(mostInline, room)) {
        room -= length
        stored.set(index, value)
      } else stored.set(index, await store(parameters, value, signal))
      onProgress(stored.size)
    }
  }
  onProgress(stored.size)
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } catch (error) {
    // The other lanes too: whoever tries again begins with all of them.
    ended.abort(error)
    throw error
  }
  return Array.from({ length: chunks }, (_, index) => stored.get(index))
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
