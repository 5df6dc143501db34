import { formatDuration } from '../format/formatDuration.ts'

export type Freshness = { live: boolean; words: string }

/** Three missed polls of two seconds, and one for the network. */
const staleAfterMilliseconds = 8000

type FreshnessParameters = {
  now: number
  /** When the last good answer came, by this machine's clock; 0 for never. */
  updatedAt: number
  online: boolean
  /** How old the figures were when they came, in seconds by the server's clock. */
  ageSeconds?: number
}

/** A second or two is what counting anew every other second comes to: live. */
const worthTelling = 3

/** Whether figures may be called live, and the words that say so. */
export function freshness({ now, updatedAt, online, ageSeconds = 0 }: FreshnessParameters): Freshness {
  const age = now - updatedAt
  if (!online) return { live: false, words: 'you are offline' }
  if (age <= staleAfterMilliseconds) {
    if (ageSeconds < worthTelling) return { live: true, words: 'live' }
    return { live: true, words: `counted ${formatDuration(Math.round(ageSeconds + Math.max(0, age) / 1000))} ago` }
  }
  return { live: false, words: `not updated for ${formatDuration(age / 1000)}` }
}
