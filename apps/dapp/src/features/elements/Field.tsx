import { type InputHTMLAttributes, useId } from 'react'
import { classNames } from './classNames.ts'

type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & {
  label: string
  value: string
  onChange: (value: string) => void
  /** Shown under it; a problem takes its place. */
  note?: string | undefined
  problem?: string | null | undefined
  unit?: string
  figures?: boolean
}

/** A labelled line of text or figures. */
export function Field({
  label,
  value,
  onChange,
  note,
  problem,
  unit,
  figures = false,
  className,
  ...rest
}: FieldProps) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block font-medium">
        {label}
      </label>
      <div
        className={classNames(
          'flex h-10 items-center rounded-control border bg-surface px-3',
          'has-focus-visible:outline-2 has-focus-visible:outline-link has-focus-visible:outline-offset-2',
          problem ? 'border-fail' : 'border-line-strong',
        )}
      >
        <input
          {...rest}
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={problem ? true : undefined}
          aria-describedby={note || problem ? `${id}-note` : undefined}
          className={classNames(
            'h-full min-w-0 flex-1 bg-transparent outline-none',
            figures && 'figure placeholder:font-sans placeholder:tracking-normal',
          )}
        />
        {unit && <span className="pl-2 text-12 text-ink-3">{unit}</span>}
      </div>
      {(problem || note) && (
        <p id={`${id}-note`} className={classNames('mt-1.5 text-12', problem ? 'text-fail-ink' : 'text-ink-3')}>
          {problem || note}
        </p>
      )}
    </div>
  )
}
