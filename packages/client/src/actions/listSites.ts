import type { Site } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import { readSite } from '../answers/readSite.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * The signed-in wallet's sites, the newest first.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const listSites = async (client: Client, options: CallOptions = {}): Promise<Site[]> => {
  const call = 'list_sites'
  return readList(call, await client.call(call, {}, options), (fields) => readSite(call, fields))
}
