import { utf8ToBytes } from '@noble/hashes/utils.js'
import { inputLimits, spelledBytes } from './inputLimits.ts'

/** Where the rows of a file lie. */
export interface InputRows {
  /** Start and end of each in bytes, flat. */
  readonly offsets: readonly number[]
  readonly rows: number
  /** Of CSV: what the first record names the columns. */
  readonly columns: readonly string[] | null
}

/** How a file becomes chunks. */
export interface InputPlan {
  readonly chunks: number
  /** Of all of them, as they are sent. */
  readonly bytes: number
  /** Whether some of them are kept in Storage before the task is posted, which needs a free balance. */
  readonly stores: boolean
  /** Why they cannot be: more than it keeps are to go there (`many`), or one of them has more than 16 MiB (`large`). */
  readonly problem: 'many' | 'large' | null
}

/** Reckoned from where its rows lie, without reading it again; `storeInputs` measures each. */
export const planInputs = ({ offsets, rows, columns }: InputRows, rowsPerChunk: number): InputPlan => {
  // What a row of CSV gains once it is an object: the names of all columns, and quotes.
  const empty = columns === null ? '' : JSON.stringify(Object.fromEntries(columns.map((name) => [name, ''])))
  const names = utf8ToBytes(empty).length
  let room: number = inputLimits.call
  let total = 0
  let stored = 0
  let largest = 0
  for (let row = 0; row < rows; row += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, rows - row)
    const bytes = (offsets[2 * (row + count) - 1] ?? 0) - (offsets[2 * row] ?? 0) + names * count
    total += bytes
    largest = Math.max(largest, bytes)
    if (bytes <= room && spelledBytes(bytes) <= inputLimits.inline) room -= bytes
    else stored += 1
  }
  const many = stored > inputLimits.stored ? 'many' : null
  return {
    chunks: Math.ceil(rows / rowsPerChunk),
    bytes: total,
    stores: stored > 0,
    problem: largest > inputLimits.input ? 'large' : many,
  }
}
