import { type ErrorCode, OblivionError } from '@oblivion/core'
import type { Client } from './Client.ts'
import { type ClientOptions, openClient } from './openClient.ts'

/**
 * `createClient` for whoever branches on codes alone: a reason of the server's is a plain `OblivionError` with its code.
 * The classes of all reasons would cost the in-tab worker a twentieth of its 15 kB, and more with each new one.
 *
 * @example
 * const client = createBareClient({ supabaseUrl, supabaseKey, nodeKey })
 */
export const createBareClient = ({ nodeKey, ...options }: Omit<ClientOptions, 'accessToken' | 'apiKey'>): Client =>
  openClient(options, nodeKey === undefined ? {} : { 'x-node-key': nodeKey }, (code, more) =>
    /^OB0\d\d$/.test(code) ? new OblivionError({ code: code as ErrorCode }, more) : null,
  )
