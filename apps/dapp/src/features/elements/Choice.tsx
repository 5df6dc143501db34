import { classNames } from './classNames.ts'

type Option<Key extends string> = { key: Key; label: string; note?: string }
type ChoiceProps<Key extends string> = {
  legend: string
  name: string
  options: readonly Option<Key>[]
  value: Key
  onChange: (key: Key) => void
}

/** One of a few: native radio buttons, so that arrow keys and screen readers find what they know. */
export function Choice<Key extends string>({ legend, name, options, value, onChange }: ChoiceProps<Key>) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">{legend}</legend>
      <div className={`grid ${options.length === 2 ? 'grid-cols-2' : 'grid-cols-3'} gap-2 wide:flex wide:flex-wrap`}>
        {options.map((option) => (
          <label
            key={option.key}
            className={classNames(
              'flex cursor-pointer wide:min-w-24 flex-col rounded-control border bg-surface px-2.5 py-2 wide:px-3',
              'transition-[border-color,box-shadow] duration-150 ease-out hover:border-ink-3',
              'has-focus-visible:outline-2 has-focus-visible:outline-link has-focus-visible:outline-offset-2',
              option.key === value ? 'border-ink shadow-[inset_0_0_0_1px_var(--ink)]' : 'border-line-strong',
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.key}
              checked={option.key === value}
              onChange={() => onChange(option.key)}
              className="sr-only"
            />
            <span className={classNames(/^\d/.test(option.label) && 'figure', 'max-wide:text-12')}>{option.label}</span>
            {option.note && <span className="text-12 text-ink-3">{option.note}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
