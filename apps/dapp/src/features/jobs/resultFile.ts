import type { ChunkResult } from '@oblivion/core'

/** The forms in which results are saved. */
export const resultFormats = ['ndjson', 'csv', 'json'] as const
export type ResultFormat = (typeof resultFormats)[number]

/** What stands in a file of results, in this order. Money is a decimal string of the smallest unit. */
const columns = [
  'chunkIndex',
  'input',
  'result',
  'resultHash',
  'verdict',
  'provider',
  'attempt',
  'acceptedAt',
  'reward',
] as const

const plain = ({ storedBytes: _, ...result }: ChunkResult) => ({ ...result, reward: String(result.reward) })

/** The parts of a file around pages of results, so that no file is ever one long text in memory. */
export const resultFile: Record<
  ResultFormat,
  { type: string; head: string; page: (results: readonly ChunkResult[], first: boolean) => string; tail: string }
> = {
  ndjson: {
    type: 'application/x-ndjson',
    head: '',
    page: (results) => results.map((result) => `${JSON.stringify(plain(result))}\n`).join(''),
    tail: '',
  },
  csv: {
    type: 'text/csv',
    head: `${columns.join(',')}\r\n`,
    page: (results) => results.map((result) => `${csvLine(result)}\r\n`).join(''),
    tail: '',
  },
  json: {
    type: 'application/json',
    head: '[',
    page: (results, first) =>
      results.map((result, index) => `${first && index === 0 ? '' : ','}\n${JSON.stringify(plain(result))}`).join(''),
    tail: '\n]\n',
  },
}

/** RFC 4180. Values of strangers stand as JSON, which no spreadsheet takes for a formula. */
function csvLine(result: ChunkResult): string {
  const cells = plain(result)
  return columns
    .map((name) => {
      const value = cells[name]
      const text = name === 'input' || name === 'result' ? JSON.stringify(value) : String(value)
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    })
    .join(',')
}

/** A result on one line, as it is: a stranger's data. */
export function resultLine(result: unknown, most = 160): string {
  const text = JSON.stringify(result) ?? 'null'
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
