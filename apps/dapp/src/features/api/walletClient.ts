import { type Client, type ClientOptions, createClient } from '@oblivion/client'
import type { Config } from '../shell/config.ts'
import { accessToken } from '../wallet/accessToken.ts'

const clients = new Map<string, Client>()

/** Calls as one signed-in wallet, whichever account the wallet shows by then: an answer never belongs to another one. */
export function walletClient(config: Config, address: string): Client {
  let client = clients.get(address)
  if (!client) {
    client = createClient(walletOptions(config, address))
    clients.set(address, client)
  }
  return client
}

/** The same for what is no call: Storage. */
export function walletOptions(config: Config, address: string): ClientOptions {
  return {
    supabaseUrl: config.supabaseUrl,
    supabaseKey: config.anonKey,
    accessToken: () => accessToken(config, address),
  }
}
