import { NetworkUnreachableError, SessionRejectedError } from '@oblivion/core'
import type { Config } from '../shell/config.ts'
import { isUnanswered, setSession } from './followSession.ts'
import { sessionMatches, supabaseFor } from './supabaseSession.ts'

/**
 * The access token of a wallet's session, refreshed when it is about to end.
 *
 * @throws {NetworkUnreachableError} It has to be refreshed and nobody answers: the session is as good as before.
 * @throws {SessionRejectedError} There is no session, or it is another wallet's; the screen then asks to sign in again.
 */
export async function accessToken(config: Config, address: string): Promise<string> {
  const supabase = await supabaseFor(config, address)
  const { data, error } = await supabase.auth.getSession()
  if (data.session && sessionMatches(data.session, address)) return data.session.access_token
  if (isUnanswered(error)) throw new NetworkUnreachableError({ values: { call: 'refresh_token' }, cause: error })
  setSession(address, 'none')
  throw new SessionRejectedError({ message: 'You are no longer signed in.', hint: 'Sign in again.' })
}
