import type { TaskView } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'
import { cutInputs } from './inputChunks.ts'
import { readInputs } from './readInputs.ts'

/**
 * Of the file that a task was posted from, the rows whose chunk failed or was cancelled, as a file of the same format.
 *
 * @returns How many chunks those are, and the file; empty where there are none.
 * @throws {UsageError} where the file has another number of chunks than the task, or cannot be read.
 */
export const failedInputs = async (
  { chunks, chunkCount }: Pick<TaskView, 'chunks' | 'chunkCount'>,
  path: string,
  rowsPerChunk: number,
): Promise<{ readonly count: number; readonly text: string }> => {
  const { file } = await readInputs(path)
  const { count } = cutInputs(file, rowsPerChunk)
  if (count !== chunkCount) {
    throw new UsageError(
      `${path} makes ${count} chunks of ${rowsPerChunk} rows, and this task has ${chunkCount}: give the file that it was posted from, with its --rows-per-chunk.`,
    )
  }
  const failed = Array.from(chunks, (letter, index) => (letter === 'f' || letter === 'x' ? index : -1)).filter(
    (index) => index !== -1,
  )
  const rows = failed.flatMap((index) =>
    Array.from(
      { length: Math.min(rowsPerChunk, file.rows - index * rowsPerChunk) },
      (_, at) => index * rowsPerChunk + at,
    ),
  )
  return { count: failed.length, text: rows.length === 0 ? '' : file.only(rows) }
}
