import type { Forgotten } from '@oblivion/client'
import { plural } from '../format/plural.ts'

/** What a deletion came to, in words. */
export function forgottenSentence({ nodes, sites }: Forgotten): string {
  const parts = [...(nodes > 0 ? [plural(nodes, 'machine')] : []), ...(sites > 0 ? [plural(sites, 'site')] : [])]
  return parts.length === 0 ? 'There was nothing left to delete.' : `Deleted: ${parts.join(' and ')}.`
}
