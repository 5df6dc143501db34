import type { Site, SiteSettings } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readSite } from '../answers/readSite.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface UpdateSiteParameters extends CallOptions {
  readonly siteId: string
  /** What changes. A new split holds for consents from then on. */
  readonly changes: Partial<SiteSettings>
}

/**
 * Changes a site of the signed-in wallet.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {SiteNotFoundError} `OB084`, and what `Client.call` throws.
 */
export const updateSite = async (client: Client, parameters: UpdateSiteParameters): Promise<Site> => {
  const { siteId, changes, ...options } = parameters
  const call = 'update_site'
  const args = { p_site_id: siteId, p_site: { ...changes } } as FunctionArguments<'update_site'>
  return readSite(call, fieldsOf(call, await client.call(call, args, options)))
}
