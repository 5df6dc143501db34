/** Local time to the second: `14:03:07`. */
export function formatTime(date: Date): string {
  return date.toLocaleTimeString('en-GB', { hour12: false })
}

/** Date, time and zone, for those who hover. */
export function formatMoment(date: Date): string {
  return date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
}

/** Time of today, or the date of another day. */
export function formatRecent(date: Date, now: Date): string {
  return date.toDateString() === now.toDateString()
    ? formatTime(date)
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
}
