import { formatDuration } from '../format/formatDuration.ts'

export type Freshness = { live: boolean; words: string }

/** Three missed polls of two seconds, and one for the network. */
const staleAfterMilliseconds = 8000

type FreshnessParameters = {
  now: number
  /** When the last good answer came, by this machine's clock; 0 for never. */
  updatedAt: number
  online: boolean
}

/** Whether figures may be called live, and the words that say so. */
export function freshness({ now, updatedAt, online }: FreshnessParameters): Freshness {
  const age = now - updatedAt
  if (!online) return { live: false, words: 'you are offline' }
  if (age <= staleAfterMilliseconds) return { live: true, words: 'live' }
  return { live: false, words: `not updated for ${formatDuration(age / 1000)}` }
}
