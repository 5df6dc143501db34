import { inputFormat } from '@oblivion/client'
import type { TaskView } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'
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
  const { bytes, offsets, rows } = await readInputs(path)
  const count = Math.ceil(rows / rowsPerChunk)
  if (count !== chunkCount) {
    throw new UsageError(
      `${path} makes ${count} chunks of ${rowsPerChunk} rows, and this task has ${chunkCount}: give the file that it was posted from, with its --rows-per-chunk.`,
    )
  }
  const failed = Array.from(chunks, (letter, index) => (letter === 'f' || letter === 'x' ? index : -1)).filter(
    (index) => index !== -1,
  )
  if (failed.length === 0) return { count: 0, text: '' }
  const parts = failed.map((index) => {
    const last = Math.min(rows, (index + 1) * rowsPerChunk) - 1
    return bytes.slice(offsets[2 * index * rowsPerChunk], offsets[2 * last + 1])
  })
  const lines = new Blob(parts.flatMap((part) => [part, '\n']))
  if (inputFormat(path) === 'json')
    return { count: failed.length, text: `[${(await lines.text()).trimEnd().replaceAll('\n', ',')}]\n` }
  // What stands before the first row: of CSV the names of its columns.
  const head = bytes.slice(0, offsets[0])
  return { count: failed.length, text: await new Blob([head, lines]).text() }
}
