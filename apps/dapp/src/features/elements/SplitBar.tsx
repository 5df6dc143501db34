import { classNames } from './classNames.ts'

export type Part = { key: string; label: string; amount: number; fill: string }

/**
 * One bar, split by amount. Decoration for the eye: the words and figures beside it carry the same,
 * so it is hidden from screen readers unless given a label.
 */
export function SplitBar({ parts, label, height = 'h-2.5' }: { parts: Part[]; label: string; height?: string }) {
  const shown = parts.filter((part) => part.amount > 0)
  const whole = shown.reduce((sum, part) => sum + part.amount, 0)
  const reading = shown.map((part) => `${part.label}: ${part.amount}`).join(', ')
  return (
    <div
      role="img"
      aria-label={`${label}. ${reading || 'Nothing yet'}.`}
      className={classNames(
        'flex w-full gap-0.5 overflow-hidden rounded-full',
        height,
        shown.length === 0 && 'bg-line',
      )}
    >
      {shown.map((part) => (
        <span
          key={part.key}
          className={classNames('min-w-1 transition-[flex-grow] duration-200 ease-out', part.fill)}
          // A share of a hundred: grow factors that sum to less than one would leave the bar unfilled.
          style={{ flexGrow: (part.amount / whole) * 100, flexBasis: 0 }}
        />
      ))}
    </div>
  )
}
