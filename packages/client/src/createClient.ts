import { errorFromCode } from '@oblivion/core'
import type { Client } from './Client.ts'
import { type ClientOptions, openClient } from './openClient.ts'

/**
 * A client over plain `fetch`, with no state but its options: works in a page, a Web Worker, Node and Deno.
 *
 * It sends no cookies, no referrer, and follows no redirect: a header with a key goes to the given origin or nowhere.
 *
 * @example
 * const client = createClient({ supabaseUrl: 'http://127.0.0.1:54321', supabaseKey: anonKey })
 * const { online } = await getNetworkStats(client)
 */
export const createClient = (options: ClientOptions): Client => openClient(options, errorFromCode)
