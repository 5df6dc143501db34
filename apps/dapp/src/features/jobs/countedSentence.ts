import { formatDuration } from '../format/formatDuration.ts'

/** Below this a count is as good as one made now: that of a small task is made for whoever asks. */
const worthTelling = 1

/**
 * How old the figures of a task are, or null where they were counted for this very answer.
 *
 * @param countedSecondsAgo As the server told it with the answer, by its own clock.
 * @param sinceAnswer How long ago that answer came, in seconds.
 */
export function countedSentence(countedSecondsAgo: number, sinceAnswer: number): string | null {
  if (countedSecondsAgo < worthTelling) return null
  return `Counted ${formatDuration(Math.round(countedSecondsAgo + Math.max(0, sinceAnswer)))} ago.`
}
