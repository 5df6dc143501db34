import { useId } from 'react'

type TicksProps<Key extends string> = {
  legend: string
  options: readonly { key: Key; label: string; note: string }[]
  value: readonly Key[]
  onChange: (keys: readonly Key[]) => void
  /** Shown under them; a problem takes its place. */
  note: string
  problem?: string | null | undefined
}

/** Several of a few. */
export function Ticks<Key extends string>({ legend, options, value, onChange, note, problem }: TicksProps<Key>) {
  const noteId = useId()
  return (
    <fieldset aria-describedby={noteId}>
      <legend className="mb-1.5 font-medium">{legend}</legend>
      <div className="flex flex-col gap-1">
        {options.map((option) => (
          <label key={option.key} className="flex cursor-pointer items-start gap-3 py-1">
            <input
              type="checkbox"
              checked={value.includes(option.key)}
              // In the order in which they stand, whatever was ticked first.
              onChange={(event) =>
                onChange(
                  options
                    .map(({ key }) => key)
                    .filter((key) => (key === option.key ? event.target.checked : value.includes(key))),
                )
              }
              aria-invalid={problem ? true : undefined}
              className="mt-0.5 size-4 shrink-0 accent-[var(--ink)]"
            />
            <span>
              {option.label} <span className="text-12 text-ink-3">{option.note}</span>
            </span>
          </label>
        ))}
      </div>
      <p id={noteId} className={`mt-1.5 text-12 ${problem ? 'text-fail-ink' : 'text-ink-3'}`}>
        {problem || note}
      </p>
    </fieldset>
  )
}
