import { InvalidInputError } from '../errors/serverErrors.ts'
import { createRowScanner, type RowFormat } from './createRowScanner.ts'
import { csvFields } from './csvFields.ts'
import { inputLimits } from './inputLimits.ts'

/** A file of inputs that was looked through: where its rows lie, so that each chunk is a range of its bytes. */
export interface InputFile {
  /** Its bytes; of a JSON list, one element a line. */
  readonly bytes: Blob
  /** Start and end of each row in bytes, flat. */
  readonly offsets: readonly number[]
  readonly rows: number
  /** Of CSV: what the first record names the columns. */
  readonly columns: readonly string[] | null
  /**
   * What a program gets as chunk `index`, from 0: a row's value, or a list of them where a chunk has several.
   *
   * @throws {InvalidInputError} `OB005` where the file is not what it was.
   */
  readonly chunk: (index: number, rowsPerChunk: number) => Promise<unknown>
}

export interface ReadInputFileParameters {
  /** What its name says, by `inputFormat`. */
  readonly format: InputFormat
  readonly signal?: AbortSignal | undefined
  /** Told the share of its rows that were read, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined
}

/** What a file of inputs is written in; `json` is a list. */
export type InputFormat = RowFormat | 'json'

/** By its name: `.json` is a list, `.csv` a table, any other one JSON value a line. */
export const inputFormat = (name: string): InputFormat => {
  if (/\.json$/i.test(name)) return 'json'
  return /\.csv$/i.test(name) ? 'csv' : 'ndjson'
}

/** Bytes that are read at once where chunks are small. */
const AHEAD = 1_048_576

/**
 * Looks through a customer's inputs, row by row, and holds a megabyte or a chunk of them: up to 512 MiB of NDJSON or of CSV
 * (RFC 4180) whose first record names the columns, or a JSON list of up to 64 MiB.
 *
 * @throws {InvalidInputError} `OB005`: what is wrong with it, and in which row, counted from 1. @throws the signal's reason.
 * @example
 * const file = await readInputFile(new Blob(['1\n2\n3\n']), { format: 'ndjson' })
 * await file.chunk(0, 2) // [1, 2]
 */
export const readInputFile = async (
  given: Blob,
  { format, signal, onProgress }: ReadInputFileParameters,
): Promise<InputFile> => {
  const bytes = format === 'json' ? await listAsRows(given) : given
  if (bytes.size > inputLimits.file) throw wrong('The file has more than 512 MiB. Split it and post several tasks.')
  const scanner = createRowScanner(format === 'csv' ? 'csv' : 'ndjson')
  const offsets: number[] = []
  const reader = bytes.stream().getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(gone)
    // Behind the wait, so that whoever ended it hears no more of it.
    signal?.throwIfAborted()
    if (done) break
    for (const offset of scanner.push(value)) offsets.push(offset)
  }
  const { rows: last, open } = scanner.end()
  if (open) throw wrong('A quote is opened that nothing closes.')
  offsets.push(...last)

  let ahead = { from: 0, bytes: new Uint8Array(0) }
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    if (from < ahead.from || to > ahead.from + ahead.bytes.length) {
      const piece = await bytes
        .slice(from, Math.max(to, from + AHEAD))
        .arrayBuffer()
        .catch(gone)
      ahead = { from, bytes: new Uint8Array(piece) }
    }
    return ahead.bytes.subarray(from - ahead.from, to - ahead.from)
  }
  const [head = 0, behindHead = 0] = format === 'csv' ? offsets.splice(0, 2) : []
  const columns = format === 'csv' ? readColumns(await read(head, behindHead)) : null
  const rows = offsets.length / 2
  if (rows === 0) throw wrong('There is no row in this file.')
  const chunk = async (index: number, rowsPerChunk: number): Promise<unknown> => {
    const first = index * rowsPerChunk
    const behind = Math.min(rows, first + rowsPerChunk)
    const from = offsets[2 * first] ?? 0
    const piece = await read(from, offsets[2 * behind - 1] ?? 0)
    const values: unknown[] = []
    for (let row = first; row < behind; row += 1) {
      const [start = 0, end = 0] = [offsets[2 * row], offsets[2 * row + 1]]
      values.push(readRow(piece.subarray(start - from, end - from), columns, row))
    }
    return rowsPerChunk === 1 ? values[0] : values
  }
  for (let row = 0; row < rows; row += 1) {
    if ((offsets[2 * row + 1] ?? 0) - (offsets[2 * row] ?? 0) > inputLimits.input)
      throw wrong(`Row ${row + 1} has more than 16 MiB. Is each input on a line of its own?`)
    await chunk(row, 1)
    signal?.throwIfAborted()
    onProgress?.((row + 1) / rows)
  }
  return { bytes, offsets, rows, columns, chunk }
}

const wrong = (message: string, cause?: unknown): InvalidInputError =>
  new InvalidInputError({ message, values: { field: 'inputs', reason: 'file' }, cause })

const gone = (cause: unknown): never => {
  throw wrong('The file has changed or is gone since you chose it. Choose it again.', cause)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const textOf = (bytes: Uint8Array, what: string): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw wrong(`${what} is not text in UTF-8: save it as that.`, cause)
  }
}

const readRow = (bytes: Uint8Array, columns: readonly string[] | null, row: number): unknown => {
  const what = `Row ${row + 1}`
  const text = textOf(bytes, what)
  if (columns === null) {
    try {
      return JSON.parse(text) as unknown
    } catch (cause) {
      throw wrong(`${what} is not a JSON value.`, cause)
    }
  }
  const fields = csvFields(text)
  if (fields === null) throw wrong(`${what} has a quote within a field that is not quoted.`)
  if (fields.length !== columns.length)
    throw wrong(`${what} has ${fields.length} fields where the first names ${columns.length}.`)
  return Object.fromEntries(columns.map((name, place) => [name, fields[place]]))
}

const readColumns = (bytes: Uint8Array): string[] => {
  const names = csvFields(textOf(bytes, 'The first line'))
  if (names === null || names.includes('') || new Set(names).size !== names.length)
    throw wrong('The first line does not name each column by a name of its own.')
  return names
}

/** A JSON list as a file with one value a line. */
const listAsRows = async (file: Blob): Promise<Blob> => {
  if (file.size > inputLimits.list)
    throw wrong('A JSON list has 64 MiB at most. Write one value a line (NDJSON) instead.')
  const text = textOf(new Uint8Array(await file.arrayBuffer().catch(gone)), 'The file').replace(/^\uFEFF/, '')
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (cause) {
    throw wrong('The file is not JSON.', cause)
  }
  if (!Array.isArray(list)) throw wrong('The file holds no list: [ ... ], an input an element.')
  return new Blob([list.map((element) => JSON.stringify(element)).join('\n')])
}
