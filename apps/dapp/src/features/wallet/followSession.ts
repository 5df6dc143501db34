import type { Config } from '../shell/config.ts'
import { sessionMatches, supabaseFor } from './supabaseSession.ts'
import { type SessionStatus, walletStore } from './walletStore.ts'

const followed = new Set<string>()

/**
 * Finds out whether the connected address is signed in, and follows it from then on (a refresh token that was revoked,
 * a sign-out in another tab).
 */
export async function followSession(config: Config, address: string): Promise<void> {
  const supabase = await supabaseFor(config, address)
  const { data, error } = await supabase.auth.getSession()
  setSession(address, isUnanswered(error) || sessionMatches(data.session, address) ? 'signed-in' : 'none')
  if (followed.has(address)) return
  followed.add(address)
  supabase.auth.onAuthStateChange((event, session) => {
    if (event === 'INITIAL_SESSION') return
    setSession(address, sessionMatches(session, address) ? 'signed-in' : 'none')
  })
}

/**
 * Whether there is a session whose token has to be refreshed, and only the answer is missing: no connection, or a server
 * that fails. Supabase keeps it and tries again, so nobody has to sign in, and what was typed stays where it is.
 */
export function isUnanswered(error: Error | null): boolean {
  return error?.name === 'AuthRetryableFetchError'
}

/** Writes the session of `address`, unless the wallet has moved to another account meanwhile. */
export function setSession(address: string, session: SessionStatus): void {
  walletStore.set((state) =>
    state.status === 'connected' && state.address === address && state.session !== session
      ? { ...state, session }
      : state,
  )
}
