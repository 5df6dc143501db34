import { type Client, createClient } from '@oblivion/client'
import type { Config } from '../shell/config.ts'

const clients = new WeakMap<Config, Client>()

/** Calls what everyone may call, with the public key. Loads no wallet code. */
export function publicClient(config: Config): Client {
  let client = clients.get(config)
  if (!client) {
    client = createClient({ supabaseUrl: config.supabaseUrl, supabaseKey: config.anonKey })
    clients.set(config, client)
  }
  return client
}
