import { SessionRejectedError, SignatureRejectedError } from '@oblivion/core'
import { getConnection } from 'wagmi/actions'
import { setSession } from './followSession.ts'
import { isRejection } from './isRejection.ts'
import { sessionMatches, supabaseFor } from './supabaseSession.ts'
import type { WalletKernel } from './walletKernel.ts'

/** What the wallet shows above the signature. No line breaks: the format (ERC-4361) forbids them. */
const statement = 'Sign in to Oblivion. This proves that the wallet is yours. It costs nothing and moves nothing.'

/**
 * Signs in with Ethereum as the connected account.
 *
 * @throws {SignatureRejectedError} The person said no in the wallet.
 * @throws {SessionRejectedError} The wallet signed with another account than the one that is connected.
 */
export async function signIn(kernel: WalletKernel): Promise<void> {
  const connection = getConnection(kernel.wagmi)
  if (connection.status !== 'connected') return
  const { address, connector } = connection
  setSession(address, 'signing')
  try {
    const supabase = await supabaseFor(kernel.config, address)
    const wallet = (await connector.getProvider()) as never
    const { data, error } = await supabase.auth.signInWithWeb3({ chain: 'ethereum', wallet, statement })
    if (error) throw error
    if (!sessionMatches(data.session, address)) {
      await supabase.auth.signOut({ scope: 'local' })
      throw new SessionRejectedError({
        message: 'The wallet signed with another account than the one shown here.',
        hint: 'Choose this account in the wallet, then sign in again.',
      })
    }
    setSession(address, 'signed-in')
  } catch (error) {
    setSession(address, 'none')
    throw isRejection(error) ? new SignatureRejectedError({ cause: error }) : error
  }
}
