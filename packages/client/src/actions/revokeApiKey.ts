import type { ApiKey } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readApiKey } from '../answers/readApiKey.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface RevokeApiKeyParameters extends CallOptions {
  readonly keyId: string
}

/**
 * Ends an API key for good, at once. Its tasks go on: cancel them where they should not.
 *
 * @throws {NotSignedInError} `OB001`, {ApiKeyNotEnoughError} `OB031` where an API key calls, {ApiKeyNotFoundError} `OB032`,
 *   and what `Client.call` throws.
 */
export const revokeApiKey = async (client: Client, { keyId, ...options }: RevokeApiKeyParameters): Promise<ApiKey> => {
  const call = 'revoke_api_key'
  return readApiKey(fieldsOf(call, await client.call(call, { p_key_id: keyId }, options)))
}
