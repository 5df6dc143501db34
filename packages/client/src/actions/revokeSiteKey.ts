import type { Site } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readSite } from '../answers/readSite.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface RevokeSiteKeyParameters extends CallOptions {
  readonly siteId: string
}

/**
 * Ends a site's key for good, and with it every visitor's node. What was earned stays.
 *
 * @throws {NotSignedInError} `OB001`, {SiteNotFoundError} `OB084`, and what `Client.call` throws.
 */
export const revokeSiteKey = async (client: Client, parameters: RevokeSiteKeyParameters): Promise<Site> => {
  const { siteId, ...options } = parameters
  const call = 'revoke_site_key'
  return readSite(call, fieldsOf(call, await client.call(call, { p_site_id: siteId }, options)))
}
