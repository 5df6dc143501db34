import type { ApiKeyDraft, CreatedApiKey } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readApiKey } from '../answers/readApiKey.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface CreateApiKeyParameters extends CallOptions {
  readonly apiKey: ApiKeyDraft
}

/**
 * A new API key of the signed-in wallet, by which a program of its own reads or posts tasks without a session. `key` is
 * answered this once: the server keeps its hash.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {TooManyError} `OB014` with 20 valid ones,
 *   {ApiKeyNotEnoughError} `OB031` where an API key calls, and what `Client.call` throws.
 * @example
 * const { key } = await createApiKey(client, {
 *   apiKey: { name: 'Nightly renders', scopes: ['read', 'tasks'], spendingLimit: parseUsdc('25') },
 * })
 */
export const createApiKey = async (
  client: Client,
  { apiKey, ...options }: CreateApiKeyParameters,
): Promise<CreatedApiKey> => {
  const call = 'create_api_key'
  const { spendingLimit } = apiKey
  const p_key = { ...apiKey, ...(spendingLimit === undefined ? {} : { spendingLimit: String(spendingLimit) }) }
  const fields = fieldsOf(call, await client.call(call, { p_key }, options))
  return { ...readApiKey(fields), key: fields.text('key') }
}
