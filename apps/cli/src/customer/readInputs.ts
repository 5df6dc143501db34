import { extname } from 'node:path'
import type { RowFormat, TextInputs } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'
import { type InputFile, inputList, inputRows } from './inputFile.ts'
import { readJson, readText } from './readPath.ts'

/** The most of a text that a call takes, as `create_task` has it. */
const MOST_TEXT = 8 * 1_048_576

/**
 * A file of inputs by its name: a `.json` list, `.ndjson`, `.csv`; `-` is NDJSON from a pipe.
 *
 * @returns Its rows; and itself where a call takes it as it is.
 * @throws {UsageError} where it cannot be read, or holds no inputs of that kind.
 */
export const readInputs = async (path: string): Promise<{ file: InputFile; text: TextInputs | null }> => {
  const format = formatOf(path)
  if (format === null) {
    const list = await readJson(path)
    if (Array.isArray(list)) return { file: inputList(list), text: null }
    throw new UsageError(`${path} holds no JSON list; one value a line is .ndjson, a table .csv.`)
  }
  const bytes = await readText(path)
  const text = bytes.length > MOST_TEXT ? null : { format, text: bytes.toString('utf8') }
  return { file: inputRows(path, format, bytes), text }
}

const formatOf = (path: string): RowFormat | null => {
  const ending = path === '-' ? '.ndjson' : extname(path)
  if (ending === '.csv') return 'csv'
  return ending === '.ndjson' || ending === '.jsonl' ? 'ndjson' : null
}
