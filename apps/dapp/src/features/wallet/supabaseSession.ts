import type { Session, SupabaseClient } from '@supabase/supabase-js'
import type { Config } from '../shell/config.ts'
import { fetchPart } from '../shell/fetchPart.ts'

const clients = new Map<string, Promise<SupabaseClient>>()

/**
 * The Supabase client of one wallet. Sessions are kept per address: switching the account in the wallet finds the
 * session of that account again, and two tabs with two wallets do not sign each other out.
 */
export function supabaseFor(config: Config, address: string): Promise<SupabaseClient> {
  const key = address.toLowerCase()
  let client = clients.get(key)
  if (!client) {
    client = fetchPart(() => import('@supabase/supabase-js')).then(({ createClient }) =>
      createClient(config.supabaseUrl, config.anonKey, {
        auth: { storageKey: `oblivion.session.${key}`, detectSessionInUrl: false },
      }),
    )
    clients.set(key, client)
    client.catch(() => clients.delete(key))
  }
  return client
}

/**
 * Whose wallet a session is, lower-case, or null. Read from the identity, never from `user_metadata`: the user can
 * edit that. The server decides by the same rule; here it only prevents a page that shows one wallet and acts for
 * another.
 */
export function sessionAddress(session: Session | null): string | null {
  for (const identity of session?.user.identities ?? []) {
    if (identity.provider !== 'web3') continue
    const subject = identity.identity_data?.sub
    for (const name of [identity.id, typeof subject === 'string' ? subject : '']) {
      const match = /^web3:ethereum:(0x[0-9a-f]{40})$/i.exec(name)
      if (match?.[1]) return match[1].toLowerCase()
    }
  }
  return null
}

/** Whether a session speaks for this address. */
export function sessionMatches(session: Session | null, address: string): boolean {
  return sessionAddress(session) === address.toLowerCase()
}
