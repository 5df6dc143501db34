import type { SeriesSpan } from '@oblivion/core'
import { classNames } from '../elements/classNames.ts'
import { spans } from './seriesPoints.ts'

/** Which time the chart shows. Native radio buttons: arrow keys move, screen readers know what it is. */
export function SpanSwitch({ value, onChange }: { value: SeriesSpan; onChange: (span: SeriesSpan) => void }) {
  return (
    <fieldset className="flex rounded-control border border-line-strong bg-surface p-0.5">
      <legend className="sr-only">Time shown</legend>
      {spans.map(({ key, label, words }) => (
        <label
          key={key}
          title={words}
          className={classNames(
            'figure cursor-pointer rounded-[5px] px-2.5 py-0.5 text-12',
            'has-focus-visible:outline-2 has-focus-visible:outline-link has-focus-visible:outline-offset-2',
            key === value ? 'bg-ink text-surface' : 'text-ink-2 hover:text-ink',
          )}
        >
          <input
            type="radio"
            name="span"
            value={key}
            checked={key === value}
            onChange={() => onChange(key)}
            className="sr-only"
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
