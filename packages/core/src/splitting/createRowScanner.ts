/** What a file of inputs is written in: one JSON value a line, or CSV (RFC 4180) whose first record names the columns. */
export type RowFormat = 'ndjson' | 'csv'

/** Finds the rows of a file that comes piece by piece. */
export interface RowScanner {
  /** The rows that end in this piece: start and end of each in bytes from the file's beginning, flat: `[s0, e0, s1, e1]`. */
  readonly push: (piece: Uint8Array) => number[]
  /** What stands behind the last line break, as above; and whether a quote was never closed. */
  readonly end: () => { readonly rows: number[]; readonly open: boolean }
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const TAB = 0x09
const QUOTE = 0x22
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/**
 * Splits a file into its rows as ranges of bytes, without reading it whole: a range is without its line break, blank
 * lines are no rows, and in CSV a quoted line break splits nothing. All bytes looked at are ASCII, which UTF-8 uses for
 * nothing else.
 *
 * @example
 * const scanner = createRowScanner('ndjson')
 * scanner.push(new TextEncoder().encode('1\n22\n3')) // [0, 1, 2, 4]
 * scanner.end().rows // [5, 6]
 */
export const createRowScanner = (format: RowFormat): RowScanner => {
  let offset = 0
  let start = 0
  let quoted = false
  /** Behind the last byte of the row that is no white space; `start` where there was none. */
  let filled = 0
  const close = (rows: number[], next: number): void => {
    if (filled > start) rows.push(start, filled)
    start = next
    filled = next
  }
  return {
    push: (piece) => {
      const rows: number[] = []
      let index = 0
      if (offset === 0 && BYTE_ORDER_MARK.every((byte, place) => piece[place] === byte)) {
        index = BYTE_ORDER_MARK.length
        start = index
        filled = index
      }
      for (; index < piece.length; index++) {
        const byte = piece[index]
        if (byte === LINE_FEED && !quoted) close(rows, offset + index + 1)
        else if (byte !== CARRIAGE_RETURN && (format === 'csv' || (byte !== SPACE && byte !== TAB))) {
          if (byte === QUOTE && format === 'csv') quoted = !quoted
          filled = offset + index + 1
        }
      }
      offset += piece.length
      return rows
    },
    end: () => {
      const rows: number[] = []
      close(rows, offset)
      return { rows, open: quoted }
    },
  }
}
