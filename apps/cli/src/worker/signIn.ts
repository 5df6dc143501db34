import {
  CallAbortedError,
  CallTimeoutError,
  NetworkUnreachableError,
  NotSignedInError,
  RequestRefusedError,
} from '@oblivion/core'
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

const DEADLINE_MS = 15_000

/**
 * Signs in with Ethereum as a wallet does, and answers the access token: it registers the node, which then acts by its own
 * key.
 *
 * @param signal Gives it up; it is given up after 15 s anyhow.
 * @throws {NotSignedInError} `OB001` where the project refuses, with its own words; {NetworkUnreachableError} `OB101`,
 *   {CallTimeoutError} `OB102`, {CallAbortedError} `OB103`, {RequestRefusedError} `OB104` where it can be asked again later.
 */
export const signIn = async (options: SignInOptions, signal?: AbortSignal): Promise<string> => {
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
  const call = 'sign_in'
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  const unreachable = (cause: unknown): never => {
    if (signal?.aborted) throw new CallAbortedError({ values: { call }, cause })
    if (deadline.aborted) throw new CallTimeoutError({ values: { call, milliseconds: DEADLINE_MS }, cause })
    throw new NetworkUnreachableError({ values: { call }, cause })
  }
  const response = await fetch(`${options.supabaseUrl}/auth/v1/token?grant_type=web3`, {
    method: 'POST',
    headers: { apikey: options.supabaseKey, 'content-type': 'application/json' },
    body: JSON.stringify({ chain: 'ethereum', message, signature: await account.signMessage({ message }) }),
    // What is signed opens a session: it goes nowhere else.
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  }).catch(unreachable)
  const answer = readObject(await response.text().catch(unreachable))
  if (typeof answer.access_token === 'string') return answer.access_token
  const { status } = response
  const refusal = `The sign-in was refused: ${String(answer.msg ?? answer.message ?? status)}.`
  // Too many at once, or it restarts: nothing of that is this wallet's.
  if (status === 429 || status >= 500)
    throw new RequestRefusedError({ message: refusal, values: { call, status, serverCode: null, details: null } })
  throw new NotSignedInError({ message: refusal })
}

/** Empty where it is a proxy's page. */
const readObject = (text: string): Record<string, unknown> => {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
