/** A viem account, as far as it is needed. */
interface Signer {
  readonly address: string
  readonly signMessage: (parameters: { message: string }) => Promise<string>
}

/** Signs in with Ethereum as a wallet does, and returns the access token. */
export const signIn = async (
  {
    dappUrl,
    supabaseUrl,
    anonKey,
    chainId,
  }: { dappUrl: string; supabaseUrl: string; anonKey: string; chainId: number },
  account: Signer,
): Promise<string> => {
  const message = [
    `${new URL(dappUrl).host} wants you to sign in with your Ethereum account:`,
    account.address,
    '',
    'Sign in to Oblivion.',
    '',
    `URI: ${dappUrl}/worker`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Issued At: ${new Date().toISOString()}`,
  ].join('\n')
  const response = await fetch(`${supabaseUrl}/auth/v1/token?grant_type=web3`, {
    method: 'POST',
    headers: { apikey: anonKey, 'content-type': 'application/json' },
    body: JSON.stringify({ chain: 'ethereum', message, signature: await account.signMessage({ message }) }),
  })
  const answer = (await response.json()) as { access_token?: string }
  if (answer.access_token === undefined) throw new Error(`Sign-in refused: ${JSON.stringify(answer)}`)
  return answer.access_token
}
