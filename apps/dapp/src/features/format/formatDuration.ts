/**
 * A length of time for people: tenths below ten seconds, seconds below two minutes, then minutes, then hours, days from
 * two days on.
 *
 * @param seconds A negative length counts as none.
 */
export function formatDuration(seconds: number): string {
  const length = Math.max(0, seconds)
  if (length < 9.95) return `${Math.round(length * 10) / 10} s`
  if (length < 119.5) return `${Math.round(length)} s`
  const minutes = Math.round(length / 60)
  if (minutes < 120) return `${minutes} min`
  if (minutes >= 2880) return `${Math.round(minutes / 1440)} days`
  const rest = minutes % 60
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`
}
