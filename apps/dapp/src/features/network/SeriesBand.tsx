import type { ReactNode } from 'react'

type SeriesBandProps = {
  label: string
  /** How many buckets lie side by side, each one unit wide. */
  count: number
  /** The top of the scale. */
  top: number
  height: string
  /** Draws on a ground of `count` x 100, from the top; `y` turns a value into its height. */
  children: (y: (value: number) => number) => ReactNode
}

/** One chart of its own scale: a name, the top of the scale, and what is drawn. */
export function SeriesBand({ label, count, top, height, children }: SeriesBandProps) {
  return (
    <div>
      <div className="flex justify-between text-12 text-ink-3">
        <span>{label}</span>
        <span className="figure">{top.toLocaleString('en-US')}</span>
      </div>
      <svg
        viewBox={`0 0 ${Math.max(1, count)} 100`}
        preserveAspectRatio="none"
        className={`block w-full border-line border-t border-b ${height}`}
        aria-hidden="true"
      >
        {children((value) => (value / top) * 100)}
      </svg>
    </div>
  )
}
