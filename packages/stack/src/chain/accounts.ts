import { type Hex, toHex } from 'viem'
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'

/** The phrase that anvil, hardhat and every tutorial print: worthless everywhere but on a local chain. */
const DEVELOPMENT_MNEMONIC = 'test test test test test test test test test test test junk'

export type DevelopmentRole = 'customer' | 'provider' | 'operator'
export type DevelopmentAccount = { address: `0x${string}`; privateKey: Hex; role: DevelopmentRole }

const ROLES: readonly DevelopmentRole[] = [
  'operator',
  'customer',
  'customer',
  'provider',
  'provider',
  'provider',
  'provider',
]

/** anvil's first seven accounts and what each is for: 0 operator, 1 and 2 customers, 3 to 6 providers. */
export const developmentAccounts: readonly DevelopmentAccount[] = ROLES.map((role, addressIndex) => {
  const key = mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex }).getHdKey().privateKey
  if (!key) throw new Error('The development phrase gave no private key.')
  const privateKey = toHex(key)
  return { address: privateKeyToAccount(privateKey).address, privateKey, role }
})

/** The same accounts as viem accounts that sign. */
export const accounts: readonly PrivateKeyAccount[] = developmentAccounts.map(({ privateKey }) =>
  privateKeyToAccount(privateKey),
)
