import type { ReactNode } from 'react'
import { classNames } from './classNames.ts'

export type FigureEntry = {
  label: string
  value: string
  /** The unit, set smaller beside the value. */
  unit?: string | undefined
  /** One line on what the figure means, or why it is zero. */
  note: ReactNode
  mark?: ReactNode
  /** The entries that it is made of, on the same page. */
  href?: string
}

const columns: Record<number, string> = {
  3: 'grid-cols-1 wide:grid-cols-3',
  4: 'grid-cols-2 wide:grid-cols-4',
  5: 'grid-cols-2 wide:grid-cols-5',
}

/** Figures that line up: name above, value on one baseline, meaning below. */
export function Figures({ entries, label }: { entries: FigureEntry[]; label: string }) {
  return (
    <dl aria-label={label} className={classNames('card grid overflow-hidden', columns[entries.length] ?? columns[4])}>
      {entries.map((entry, index) => (
        <div
          key={entry.label}
          className={classNames(
            // Each cell draws its upper and left line; the outermost ones fall outside the card and are cut off.
            '-mt-px -ml-px flex flex-col border-line border-t border-l px-4 py-4 wide:px-5',
            entries.length === 5 && index === 4 && 'col-span-2 wide:col-span-1',
          )}
        >
          <dt className="flex items-center gap-1.5 text-12 text-ink-2">
            {entry.mark}
            {entry.href === undefined ? (
              entry.label
            ) : (
              <a href={entry.href} className="-my-1 py-1 underline-offset-2 hover:text-link hover:underline">
                {entry.label}
              </a>
            )}
          </dt>
          <dd className="mt-1.5 flex min-h-9 flex-wrap items-baseline gap-x-1.5">
            <span className={`figure ${figureSize(entry.value)}`}>{entry.value}</span>
            {entry.unit !== undefined && <span className="text-12 text-ink-3">{entry.unit}</span>}
          </dd>
          <dd className="mt-1.5 text-12 text-ink-3">{entry.note}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Long amounts step down, so that one with six figures after its point still stands on one line. */
function figureSize(value: string): string {
  if (value.length <= 7) return 'text-28'
  return value.length <= 9 ? 'text-20 wide:text-28' : 'text-16 wide:text-20'
}
