import { useId } from 'react'
import { classNames } from './classNames.ts'

type TextAreaProps = {
  label: string
  value: string
  rows: number
  onChange: (value: string) => void
  placeholder?: string
  /** Shown under it; a problem takes its place. */
  note?: string | undefined
  problem?: string | null | undefined
}

/** A labelled text of several lines, set as code: programs and data. */
export function TextArea({ label, value, rows, onChange, placeholder, note, problem }: TextAreaProps) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium">
        {label}
      </label>
      <textarea
        id={id}
        value={value}
        rows={rows}
        spellCheck={false}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={problem ? true : undefined}
        aria-describedby={note || problem ? `${id}-note` : undefined}
        className={classNames(
          'block w-full resize-y rounded-control border bg-surface px-3 py-2 font-mono text-12 leading-[1.6] [font-variant-ligatures:none]',
          problem ? 'border-fail' : 'border-line-strong',
        )}
      />
      {(problem || note) && (
        <p
          id={`${id}-note`}
          className={classNames('mt-1.5 text-12 wrap-anywhere', problem ? 'text-fail-ink' : 'text-ink-3')}
        >
          {problem || note}
        </p>
      )}
    </div>
  )
}
