import { UsageError } from '../UsageError.ts'
import type { InputFile } from './inputFile.ts'

/** The inputs of a task's chunks, made as they are asked for. */
export interface InputChunks {
  readonly count: number
  /** What a program gets: a row, or where a chunk has several a list of them. @throws {UsageError} for a broken row. */
  readonly at: (index: number) => unknown
}

/** A call takes 10 MiB: the rest is for the program. */
const MOST_INLINE = 8 * 1_048_576
/**
 * A call takes an input of up to 64 kB as Postgres writes it, which is at most half as long again: each comma and colon is
 * followed by a space there.
 */
const MOST_INLINE_CHUNK = 43_000
const MOST_CHUNK = 16 * 1_048_576
/** What Storage keeps of one wallet. */
const MOST_STORED = 10_000

export const cutInputs = ({ rows, value }: InputFile, rowsPerChunk: number): InputChunks => ({
  count: Math.ceil(rows / rowsPerChunk),
  at: (index) => {
    const from = index * rowsPerChunk
    if (rowsPerChunk === 1) return value(from)
    return Array.from({ length: Math.min(rowsPerChunk, rows - from) }, (_, place) => value(from + place))
  },
})

/** Bytes of an input as it is sent. */
export const bytesOf = (input: unknown): number => Buffer.byteLength(JSON.stringify(input))

/** Says of one input after the other, by its bytes, whether it goes into the call; the others go to Storage. */
export const inlineRoom = (): ((bytes: number) => boolean) => {
  let room = MOST_INLINE
  return (bytes) => {
    const fits = bytes <= Math.min(room, MOST_INLINE_CHUNK)
    if (fits) room -= bytes
    return fits
  }
}

/** Whether the call takes each of them, as far as its size goes. */
export const areSmall = ({ count, at }: InputChunks): boolean => {
  for (let index = 0; index < count; index += 1) if (bytesOf(at(index)) > MOST_INLINE_CHUNK) return false
  return true
}

/**
 * How many of them go to Storage.
 *
 * @throws {UsageError} where one is too large for it, or they are too many, or a row is broken: it names the number.
 */
export const countStored = (path: string, { count, at }: InputChunks, rowsPerChunk: number): number => {
  const isInline = inlineRoom()
  let stored = 0
  for (let index = 0; index < count; index += 1) {
    const bytes = bytesOf(at(index))
    if (bytes > MOST_CHUNK) {
      throw new UsageError(
        `Chunk ${index} of ${path} (counted from 0) has ${bytes} bytes, and an input at most ${MOST_CHUNK} (16 MiB)${rowsPerChunk > 1 ? ': give fewer --rows-per-chunk' : ''}.`,
      )
    }
    if (!isInline(bytes)) stored += 1
  }
  if (stored <= MOST_STORED) return stored
  const rows = Math.ceil((count * rowsPerChunk) / MOST_STORED)
  throw new UsageError(
    `${path} makes ${count} chunks. A call takes ${MOST_INLINE} bytes of them (8 MiB), and Storage the rest, ${MOST_STORED} at most: give --rows-per-chunk ${rows} or more, and the program gets a list of rows.`,
  )
}
