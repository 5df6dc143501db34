import { type Asset, formatUsdc, type StatementRow } from '@oblivion/core'
import { units } from '../format/formatAmount.ts'

const columns: [name: string, of: (row: StatementRow) => string | number | null][] = [
  ['time', ({ at }) => at],
  ['kind', ({ kind }) => kind],
  ['amount', ({ amount }) => formatUsdc(amount)],
  ['price', ({ price }) => (price === null ? null : formatUsdc(price))],
  ['fee', ({ fee }) => (fee === null ? null : formatUsdc(fee))],
  ['title', ({ title }) => title && harmless(title)],
  ['task', ({ taskId }) => taskId],
  ['chunk', ({ chunkIndex }) => chunkIndex],
  ['job', ({ jobId }) => jobId],
  ['attempt', ({ attempt }) => attempt],
  ['result_sha256', ({ resultHash }) => resultHash],
  ['transaction', ({ txHash }) => txHash],
  ['log_index', ({ logIndex }) => logIndex],
  ['reference', ({ reference }) => reference],
]

/** A statement as RFC 4180 has it. Amounts are in tokens, exact; chunks count from 0, as in the API. */
export function statementCsv(rows: readonly StatementRow[], asset: Asset): string {
  const unit = units[asset].replace(/\W+/g, '_')
  const head = columns.map(([name]) => (['amount', 'price', 'fee'].includes(name) ? `${name}_${unit}` : name))
  const lines = rows.map((row) => columns.map(([, of]) => quote(String(of(row) ?? ''))).join(','))
  return [head.join(','), ...lines, ''].join('\r\n')
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A title is a stranger's: a spreadsheet must not take it for a formula. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
