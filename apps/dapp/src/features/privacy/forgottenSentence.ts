import type { Forgotten } from '@oblivion/client'
import { plural } from '../format/plural.ts'

/** What a deletion came to, in words. */
export function forgottenSentence({ nodes, sites, apiKeys }: Forgotten): string {
  const parts = [
    ...(nodes > 0 ? [plural(nodes, 'machine')] : []),
    ...(sites > 0 ? [plural(sites, 'site')] : []),
    ...(apiKeys > 0 ? [plural(apiKeys, 'API key')] : []),
  ]
  const list = [parts.slice(0, -1).join(', '), parts.at(-1)].filter(Boolean).join(' and ')
  return parts.length === 0 ? 'There was nothing left to delete.' : `Deleted: ${list}.`
}
