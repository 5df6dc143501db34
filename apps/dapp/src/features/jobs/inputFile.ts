import { canonicalJson, createRowScanner, csvFields, type RowFormat } from '@oblivion/core'
import { plural } from '../format/plural.ts'

/** A file of inputs that was looked through: where its rows lie, so that each chunk is a range of bytes. */
export type InputFile = {
  file: File
  format: RowFormat
  /** Start and end of each row in bytes, flat. */
  offsets: readonly number[]
  rows: number
  /** Of CSV: what the first record names the columns. */
  columns: readonly string[] | null
  /** Bytes of the longest row. */
  longest: number
}

/** Why a file cannot be taken; `message` is a sentence for a screen. */
export class InputFileError extends Error {
  override name = 'InputFileError'
}

const MB = 1_048_576
const mostBytes = 512 * MB
/** A JSON list has to be read whole. */
const mostListBytes = 64 * MB
/** Below this a file goes into the call itself; the server takes 8 MB there. */
const mostInlineBytes = 4 * MB
/** Of one chunk in such a call: the server takes 64 kB of its own spelling, which has a blank after each comma and colon. */
const mostInlineChunk = 32_768
const mostStored = 10_000
const mostChunkBytes = 16 * MB
const goodChunkBytes = MB

/** Bytes of a JSON value as it is sent. */
export const bytesOf = (value: unknown): number => new TextEncoder().encode(canonicalJson(value)).length

/** What a row of CSV gains once it is an object: the names of all columns, and quotes. */
const namesOf = ({ columns }: InputFile): number =>
  columns === null ? 0 : bytesOf(Object.fromEntries(columns.map((name) => [name, ''])))

/** A row a chunk where the file is small, about a megabyte a chunk where it is not. */
export function firstRowsPerChunk(input: InputFile): number {
  const names = namesOf(input)
  if (input.file.size <= mostInlineBytes && input.longest + names <= mostInlineChunk) return 1
  const bytes = input.file.size + input.rows * names
  return Math.ceil(input.rows / Math.min(mostStored, Math.max(1, Math.ceil(bytes / goodChunkBytes))))
}

export type FilePlan = {
  chunks: number
  rowsPerChunk: number
  /** Whether chunks are kept in Storage before the task is posted. */
  stores: boolean
  problem: string | null
}

/** How a file becomes chunks. `rowsTyped` is how many rows a chunk gets. */
export function planFile(input: InputFile, rowsTyped: string): FilePlan {
  const rowsPerChunk = /^[1-9]\d{0,8}$/.test(rowsTyped.trim()) ? Number(rowsTyped) : 0
  if (rowsPerChunk === 0)
    return { chunks: 0, rowsPerChunk: 1, stores: false, problem: 'Enter a whole number of rows, 1 or more.' }
  const chunks = Math.ceil(input.rows / rowsPerChunk)
  const names = namesOf(input)
  const largest = largestChunk(input, rowsPerChunk, names)
  // One row a chunk is sent as the file's own text, several as the values that they become.
  const sent = input.file.size + (rowsPerChunk === 1 ? 0 : input.rows * names)
  const stores = sent > mostInlineBytes || largest > mostInlineChunk
  return { chunks, rowsPerChunk, stores, problem: stores ? storageProblem(input, chunks, largest) : null }
}

function storageProblem(input: InputFile, chunks: number, largest: number): string | null {
  if (chunks > mostStored)
    return `${plural(chunks, 'chunk')} are more than can be kept: take ${plural(Math.ceil(input.rows / mostStored), 'row')} a chunk or more.`
  return largest > mostChunkBytes ? 'A chunk would have more than 16 MB: take fewer rows.' : null
}

function largestChunk(input: InputFile, rowsPerChunk: number, names: number): number {
  let largest = 0
  for (let row = 0; row < input.rows; row += rowsPerChunk) {
    const [from, to] = rangeOf(input, row, rowsPerChunk)
    largest = Math.max(largest, to - from + names * Math.min(rowsPerChunk, input.rows - row))
  }
  return largest
}

/** The bytes of so many rows from the given one on. */
function rangeOf({ offsets, rows }: InputFile, row: number, count: number): [from: number, to: number] {
  const last = Math.min(rows, row + count) - 1
  return [offsets[2 * row] ?? 0, offsets[2 * last + 1] ?? 0]
}

/**
 * The input of one chunk, read from the file now: a row's value, or a list of them where a chunk has several.
 *
 * @throws {InputFileError} The file is not what it was when it was chosen.
 */
export async function readChunk(input: InputFile, rowsPerChunk: number, index: number): Promise<unknown> {
  const row = index * rowsPerChunk
  const [from, to] = rangeOf(input, row, rowsPerChunk)
  const bytes = await input.file.slice(from, to).arrayBuffer().catch(gone)
  const values: unknown[] = []
  for (let at = row; at < Math.min(input.rows, row + rowsPerChunk); at++) {
    const start = (input.offsets[2 * at] ?? 0) - from
    const end = (input.offsets[2 * at + 1] ?? 0) - from
    values.push(readRow(new Uint8Array(bytes, start, end - start), input.columns, at))
  }
  return rowsPerChunk === 1 ? values[0] : values
}

/**
 * The whole of it, read from the file now.
 *
 * @throws {InputFileError} The file is not what it was when it was chosen.
 */
export const textOf = (input: InputFile): Promise<string> => input.file.text().catch(gone)

const gone = (): never => {
  throw new InputFileError('The file has changed or is gone since you chose it. Choose it again.')
}

/** @throws {InputFileError} It is no value of this format; rows count from 1. */
function readRow(bytes: Uint8Array, columns: readonly string[] | null, row: number): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (columns === null) return JSON.parse(text) as unknown
    const fields = csvFields(text)
    if (fields === null) throw new InputFileError(`Row ${row + 1} has a quote within a field that is not quoted.`)
    if (fields.length !== columns.length)
      throw new InputFileError(`Row ${row + 1} has ${fields.length} fields where the first names ${columns.length}.`)
    return Object.fromEntries(columns.map((name, place) => [name, fields[place]]))
  } catch (error) {
    if (error instanceof InputFileError) throw error
    throw new InputFileError(
      columns === null ? `Row ${row + 1} is not a JSON value.` : `Row ${row + 1} is not text in UTF-8.`,
    )
  }
}

/**
 * Looks through a file once, row by row, whatever its size.
 *
 * @param onProgress Told the share that was read, 0 to 1.
 * @throws {InputFileError} What is wrong with it, and in which row. @throws the signal's reason where it is aborted.
 */
export async function readInputFile(
  chosen: File,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (share: number) => void },
): Promise<InputFile> {
  const file = /\.json$/i.test(chosen.name) ? await listAsRows(chosen) : chosen
  if (file.size > mostBytes) throw new InputFileError('The file has more than 512 MB. Split it and post several tasks.')
  const format: RowFormat = /\.csv$/i.test(chosen.name) ? 'csv' : 'ndjson'
  const scanner = createRowScanner(format)
  const offsets: number[] = []
  let columns: string[] | null = null
  let longest = 0
  let seen = 0
  let pending = new Uint8Array(0)
  let pendingFrom = 0

  const take = (found: readonly number[]): void => {
    for (let at = 0; at < found.length; at += 2) {
      const [start = 0, end = 0] = [found[at], found[at + 1]]
      const bytes = pending.subarray(start - pendingFrom, end - pendingFrom)
      if (format === 'csv' && columns === null) {
        columns = readColumns(bytes)
        continue
      }
      if (end - start > mostChunkBytes) throw new InputFileError(`Row ${offsets.length / 2 + 1} has more than 16 MB.`)
      readRow(bytes, columns, offsets.length / 2)
      offsets.push(start, end)
      longest = Math.max(longest, end - start)
    }
    // What is behind the last whole row stays until its end comes.
    const kept = found.at(-1) ?? pendingFrom
    pending = pending.slice(kept - pendingFrom)
    pendingFrom = kept
  }

  const reader = file.stream().getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      // Behind the wait, so that whoever ended it hears no more of it.
      signal.throwIfAborted()
      if (done) break
      const joined = new Uint8Array(pending.length + value.length)
      joined.set(pending)
      joined.set(value, pending.length)
      pending = joined
      take(scanner.push(value))
      seen += value.length
      if (pending.length > 2 * mostChunkBytes)
        throw new InputFileError(
          `Row ${offsets.length / 2 + 1} has more than 16 MB. Is each input on a line of its own?`,
        )
      onProgress(file.size === 0 ? 1 : seen / file.size)
    }
  } catch (error) {
    if (error instanceof InputFileError || signal.aborted) throw error
    throw new InputFileError('The file cannot be read. Is it still there?')
  } finally {
    await reader.cancel().catch(() => undefined)
  }
  const { rows, open } = scanner.end()
  if (open) throw new InputFileError('A quote is opened that nothing closes.')
  take(rows)
  if (offsets.length === 0) throw new InputFileError('There is no row in this file.')
  return { file, format, offsets, rows: offsets.length / 2, columns, longest }
}

function readColumns(bytes: Uint8Array): string[] {
  const names = csvFields(new TextDecoder().decode(bytes))
  if (names === null || names.includes('') || new Set(names).size !== names.length)
    throw new InputFileError('The first line does not name each column by a name of its own.')
  return names
}

/** A JSON list as a file with one value a line. */
async function listAsRows(file: File): Promise<File> {
  if (file.size > mostListBytes)
    throw new InputFileError('A JSON list has 64 MB at most. Write one value a line (NDJSON) instead.')
  const value: unknown = await file
    .text()
    .then((text) => JSON.parse(text) as unknown)
    .catch(() => {
      throw new InputFileError('The file is not JSON.')
    })
  if (!Array.isArray(value)) throw new InputFileError('The file holds no list: [ ... ], an input an element.')
  return new File([value.map((element) => JSON.stringify(element)).join('\n')], file.name)
}
