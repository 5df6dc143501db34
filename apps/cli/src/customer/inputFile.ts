import { createRowScanner, csvFields, type RowFormat } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'

/** A file of inputs that was looked through: where its rows lie. */
export interface InputFile {
  readonly rows: number
  /** What a row is to a program. @throws {UsageError} where it is no value of the file's format. */
  readonly value: (row: number) => unknown
  /** The rows of these numbers, as a file of the same format. */
  readonly only: (rows: readonly number[]) => string
}

/** An NDJSON or CSV file. @throws {UsageError} where a quote is never closed, or the columns have no names of their own. */
export const inputRows = (path: string, format: RowFormat, bytes: Buffer): InputFile => {
  const scanner = createRowScanner(format)
  const offsets = scanner.push(bytes)
  const { rows: last, open } = scanner.end()
  if (open) throw new UsageError(`${path} opens a quote that nothing closes.`)
  for (const offset of last) offsets.push(offset)
  const text = (place: number) => bytes.toString('utf8', offsets[2 * place], offsets[2 * place + 1])
  const wrong = (row: number, what: string) => new UsageError(`Row ${row + 1} of ${path} ${what}.`)
  if (format === 'ndjson') {
    return {
      rows: offsets.length / 2,
      value: (row) => {
        try {
          return JSON.parse(text(row)) as unknown
        } catch {
          throw wrong(row, 'is not a JSON value')
        }
      },
      only: (rows) => rows.map((row) => `${text(row)}\n`).join(''),
    }
  }
  const columns = offsets.length === 0 ? [] : csvFields(text(0))
  if (columns === null || columns.includes('') || new Set(columns).size !== columns.length)
    throw new UsageError(`The first line of ${path} does not name each column by a name of its own.`)
  return {
    rows: Math.max(0, offsets.length / 2 - 1),
    value: (row) => {
      const fields = csvFields(text(row + 1))
      if (fields === null) throw wrong(row, 'has a quote within a field that is not quoted')
      if (fields.length !== columns.length)
        throw wrong(row, `has ${fields.length} fields where the first names ${columns.length}`)
      return Object.fromEntries(columns.map((name, place) => [name, fields[place]]))
    },
    only: (rows) => [0, ...rows.map((row) => row + 1)].map((place) => `${text(place)}\n`).join(''),
  }
}

/** A JSON list. */
export const inputList = (list: readonly unknown[]): InputFile => ({
  rows: list.length,
  value: (row) => list[row],
  only: (rows) => `${JSON.stringify(rows.map((row) => list[row]))}\n`,
})
