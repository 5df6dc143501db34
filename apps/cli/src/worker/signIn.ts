import { NotSignedInError } from '@oblivion/core'
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage } from 'viem/siwe'

export interface SignInOptions {
  readonly supabaseUrl: string
  /** The public key. */
  readonly supabaseKey: string
  readonly privateKey: `0x${string}`
  /** An origin from which the project takes sign-ins: the dApp's. */
  readonly origin: string
  readonly chainId: number
}

/**
 * Signs in with Ethereum as a wallet does, and answers the access token: it registers the node, which then acts by its own
 * key.
 *
 * @throws {NotSignedInError} `OB001` where the project refuses, with its own words.
 */
export const signIn = async (options: SignInOptions, signal: AbortSignal): Promise<string> => {
  const account = privateKeyToAccount(options.privateKey)
  const { host } = new URL(options.origin)
  const message = createSiweMessage({
    address: account.address,
    chainId: options.chainId,
    domain: host,
    issuedAt: new Date(),
    nonce: crypto.randomUUID().replaceAll('-', ''),
    statement: 'Sign in to Oblivion.',
    uri: options.origin,
    version: '1',
  })
  const response = await fetch(`${options.supabaseUrl}/auth/v1/token?grant_type=web3`, {
    method: 'POST',
    headers: { apikey: options.supabaseKey, 'content-type': 'application/json' },
    body: JSON.stringify({ chain: 'ethereum', message, signature: await account.signMessage({ message }) }),
    // What is signed opens a session: it goes nowhere else.
    redirect: 'error',
    signal,
  })
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
  if (typeof answer.access_token === 'string') return answer.access_token
  throw new NotSignedInError({
    message: `The sign-in was refused: ${String(answer.msg ?? answer.message ?? response.status)}.`,
  })
}
