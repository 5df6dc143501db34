import { formatMoment, formatRecent } from './formatTime.ts'

/** A moment in local time, its zone on hover. */
export function Time({ at }: { at: string | Date }) {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={formatMoment(date)} className="figure">
      {formatRecent(date, new Date())}
    </time>
  )
}
