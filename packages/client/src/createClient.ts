import { errorFromCode } from '@oblivion/core'
import type { Client } from './Client.ts'
import { keyHeaders } from './keyHeaders.ts'
import { type ClientOptions, openClient } from './openClient.ts'
import { orAborted } from './orAborted.ts'

/**
 * A client over plain `fetch`, with no state but its options: works in a page, a Web Worker, Node and Deno.
 *
 * It sends no cookies, no referrer, and follows no redirect: a header with a key goes to the given origin or nowhere.
 *
 * @throws {ApiKeyInvalidError} `OB030`, {NodeKeyInvalidError} `OB004` for a key that no header can carry.
 * @example
 * const client = createClient({ supabaseUrl: 'http://127.0.0.1:54321', supabaseKey: anonKey })
 * const { online } = await getNetworkStats(client)
 */
export const createClient = ({ accessToken, nodeKey, apiKey, ...options }: ClientOptions): Client =>
  openClient(
    options,
    keyHeaders({ nodeKey, apiKey }),
    errorFromCode,
    // A token that never comes must not hold a call beyond its deadline.
    accessToken && ((ends) => orAborted(accessToken(), ends)),
  )
