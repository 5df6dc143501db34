import type { ReactNode } from 'react'
import { classNames } from './classNames.ts'

export type Column<Row> = {
  name: string
  cell: (row: Row) => ReactNode
  /** Figures stand at the right, so that their units line up. */
  right?: boolean
  /** Left out below 720 px. */
  wideOnly?: boolean
}

type TableProps<Row> = { caption: string; columns: Column<Row>[]; rows: Row[]; rowKey: (row: Row) => string }

/** A dense table: one hairline a row, no stripes. */
export function Table<Row>({ caption, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <div className="card overflow-x-auto">
      <table className="w-full border-collapse text-14">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th
                key={column.name}
                scope="col"
                className={classNames(cellClass(columns, index), 'h-9 font-normal text-12 text-ink-3')}
              >
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-line border-t">
              {columns.map((column, index) => (
                <td key={column.name} className={classNames(cellClass(columns, index), 'h-10 py-1.5')}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function cellClass<Row>(columns: Column<Row>[], index: number): string {
  const column = columns[index]
  // The last one that a narrow screen shows keeps the card's edge too.
  const lastNarrow = !column?.wideOnly && columns.slice(index + 1).every(({ wideOnly }) => wideOnly)
  const afterFigures = columns[index - 1]?.right && !column?.right
  return classNames(
    'pr-2 first:pl-4 last:pr-4 wide:pr-3 wide:first:pl-5 wide:last:pr-5',
    afterFigures ? 'pl-4 wide:pl-10' : 'pl-2 wide:pl-3',
    column?.right ? 'text-right' : 'text-left',
    column?.wideOnly && 'max-wide:hidden',
    lastNarrow && 'max-wide:pr-4',
  )
}
