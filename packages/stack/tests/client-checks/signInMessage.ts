type Fields = {
  address: string
  issuedAt: Date
  domain?: string
  uri?: string
  version?: string
  chainId?: number
  expirationTime?: Date
  notBefore?: Date
}

/** A sign-in message as wallets show it. The letter case of the address is kept, unlike in the client's own messages. */
export const signInMessage = ({
  address,
  issuedAt,
  domain = 'localhost:5173',
  uri = 'http://localhost:5173/worker',
  version = '1',
  chainId = 31337,
  expirationTime,
  notBefore,
}: Fields): string =>
  [
    `${domain} wants you to sign in with your Ethereum account:`,
    address,
    '',
    'Sign in to Oblivion.',
    '',
    `URI: ${uri}`,
    `Version: ${version}`,
    `Chain ID: ${chainId}`,
    `Issued At: ${issuedAt.toISOString()}`,
    ...(expirationTime ? [`Expiration Time: ${expirationTime.toISOString()}`] : []),
    ...(notBefore ? [`Not Before: ${notBefore.toISOString()}`] : []),
  ].join('\n')
