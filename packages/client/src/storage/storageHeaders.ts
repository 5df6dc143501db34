import { NotSignedInError } from '@oblivion/core'
import type { ClientOptions } from '../openClient.ts'

/**
 * By what a customer is known to Storage: its session's token, or its API key.
 *
 * @throws {NotSignedInError} `OB001` without either.
 */
export const storageHeaders = async ({
  supabaseKey,
  accessToken,
  apiKey,
}: ClientOptions): Promise<Record<string, string>> => {
  const token = await accessToken?.()
  if (!token && apiKey === undefined) throw new NotSignedInError()
  return {
    apikey: supabaseKey,
    authorization: `Bearer ${token || supabaseKey}`,
    ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
  }
}
