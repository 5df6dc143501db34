import { type InputRows, inputLimits, planInputs } from '@oblivion/core'
import { plural } from '../format/plural.ts'

const goodChunkBytes = 1_048_576

/** A row a chunk where the call takes all of them, about a megabyte a chunk where it does not. */
export function firstRowsPerChunk(input: InputRows): number {
  const { stores, bytes } = planInputs(input, 1)
  return stores ? Math.ceil(input.rows / Math.min(inputLimits.stored, Math.ceil(bytes / goodChunkBytes))) : 1
}

export type FilePlan = {
  chunks: number
  rowsPerChunk: number
  /** Whether chunks are kept in Storage before the task is posted. */
  stores: boolean
  problem: string | null
}

/** How a file becomes chunks. `rowsTyped` is how many rows a chunk gets. */
export function planFile(input: InputRows, rowsTyped: string): FilePlan {
  const rowsPerChunk = /^[1-9]\d{0,8}$/.test(rowsTyped.trim()) ? Number(rowsTyped) : 0
  if (rowsPerChunk === 0)
    return { chunks: 0, rowsPerChunk: 1, stores: false, problem: 'Enter a whole number of rows, 1 or more.' }
  const { chunks, stores, problem } = planInputs(input, rowsPerChunk)
  const problems = {
    many: `${plural(chunks, 'chunk')} are more than can be kept: take ${plural(Math.ceil(input.rows / inputLimits.stored), 'row')} a chunk or more.`,
    large: 'A chunk would have more than 16 MiB: take fewer rows.',
  }
  return { chunks, rowsPerChunk, stores, problem: problem && problems[problem] }
}
