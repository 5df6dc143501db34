import type { ApiKey } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import { readApiKey } from '../answers/readApiKey.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * The signed-in wallet's API keys: the valid ones first, then the newest of those that ended.
 *
 * @throws {NotSignedInError} `OB001`, {ApiKeyNotEnoughError} `OB031` where an API key calls, and what `Client.call` throws.
 */
export const listApiKeys = async (client: Client, options: CallOptions = {}): Promise<ApiKey[]> => {
  const call = 'list_api_keys'
  return readList(call, await client.call(call, {}, options), readApiKey)
}
