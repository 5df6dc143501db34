import { NotSignedInError } from '@oblivion/core'
import { keyHeaders } from '../keyHeaders.ts'
import type { ClientOptions } from '../openClient.ts'

/**
 * How a customer asks Storage: known by its session's token or its API key, which go to the given origin or nowhere.
 * `fetch` itself would take `x-api-key` along to another one.
 *
 * @throws {NotSignedInError} `OB001` without either; {ApiKeyInvalidError} `OB030` for a key that no header can carry.
 */
export const storageRequest = async ({ supabaseKey, accessToken, apiKey }: ClientOptions) => {
  const token = await accessToken?.()
  if (!token && apiKey === undefined) throw new NotSignedInError()
  return {
    headers: {
      apikey: supabaseKey,
      authorization: `Bearer ${token || supabaseKey}`,
      ...keyHeaders({ apiKey }),
    },
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
  } satisfies RequestInit
}
