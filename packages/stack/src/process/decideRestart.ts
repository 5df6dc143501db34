/** Restarts within this time count against each other; older ones are forgiven. */
const WINDOW_MS = 60_000
const FIRST_DELAY_MS = 250
const MOST_RESTARTS = 5

/**
 * How long to wait before a part that died is started again, or null where it died too often to go on.
 *
 * @param deaths times of its deaths so far in ms, the newest last
 * @example
 * decideRestart([1_000]) // 250
 * decideRestart([0, 1, 2, 3, 4, 5]) // null: six deaths in a minute
 */
export const decideRestart = (deaths: readonly number[]): number | null => {
  const last = deaths.at(-1) ?? 0
  const recent = deaths.filter((at) => last - at < WINDOW_MS).length
  return recent > MOST_RESTARTS ? null : FIRST_DELAY_MS * 2 ** (recent - 1)
}
