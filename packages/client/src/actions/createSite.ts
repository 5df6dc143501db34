import type { Site, SiteSettings } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readSite } from '../answers/readSite.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface CreateSiteParameters extends CallOptions {
  /** Name and origins at least; the server has defaults for the rest. */
  readonly site: Pick<SiteSettings, 'name' | 'origins'> & Partial<SiteSettings>
}

/**
 * A new site of the signed-in wallet, with the public key that its pages embed.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {TooManyError} `OB014`, and what `Client.call` throws.
 * @example
 * const { siteKey } = await createSite(client, { site: { name: 'My blog', origins: ['https://blog.example'] } })
 */
export const createSite = async (client: Client, { site, ...options }: CreateSiteParameters): Promise<Site> => {
  const call = 'create_site'
  const args = { p_site: { ...site } } as FunctionArguments<'create_site'>
  return readSite(call, fieldsOf(call, await client.call(call, args, options)))
}
