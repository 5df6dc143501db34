import type { ReactNode } from 'react'
import { classNames } from './classNames.ts'

export type FigureEntry = {
  label: string
  value: ReactNode
  /** The unit, set smaller beside the value. */
  unit?: string | undefined
  /** One line on what the figure means, or why it is zero. */
  note: ReactNode
  mark?: ReactNode
}

const columns: Record<number, string> = {
  3: 'grid-cols-1 wide:grid-cols-3',
  4: 'grid-cols-2 wide:grid-cols-4',
  5: 'grid-cols-2 wide:grid-cols-5',
}

/** Figures that line up: name above, value on one baseline, meaning below. */
export function Figures({ entries, label }: { entries: FigureEntry[]; label: string }) {
  return (
    <dl
      aria-label={label}
      className={classNames('card grid gap-px overflow-hidden bg-line', columns[entries.length] ?? columns[4])}
    >
      {entries.map((entry, index) => (
        <div
          key={entry.label}
          className={classNames(
            'flex flex-col bg-surface px-5 py-4',
            entries.length === 5 && index === 4 && 'col-span-2 wide:col-span-1',
          )}
        >
          <dt className="flex items-center gap-1.5 text-12 text-ink-2">
            {entry.mark}
            {entry.label}
          </dt>
          <dd className="mt-1.5 whitespace-nowrap">
            <span className="figure text-28">{entry.value}</span>
            {entry.unit !== undefined && <span className="ml-1.5 text-12 text-ink-3">{entry.unit}</span>}
          </dd>
          <dd className="mt-1.5 text-12 text-ink-3">{entry.note}</dd>
        </div>
      ))}
    </dl>
  )
}
