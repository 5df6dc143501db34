import { getAddress } from 'viem'

/** The address in EIP-55 letter case, as wallets and explorers show it. */
export function checksumAddress(address: string): `0x${string}` {
  return getAddress(address)
}
