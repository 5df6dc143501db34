import { formatAddress } from '../format/formatAddress.ts'

const prefix = 'invalid.oblivion.development.'

/** `.invalid` is reserved: no real wallet can have this name. */
export function developmentRdns(role: string, number: number): string {
  return `${prefix}${role}-${number}`
}

/** Whether a discovered wallet is one of the development wallets. */
export function isDevelopmentWallet(rdns: string): boolean {
  return rdns.startsWith(prefix)
}

/** @example developmentWalletName('customer', 1, '0xf39F…') // 'Development wallet: customer 1 (0xf39F…2266)' */
export function developmentWalletName(role: string, number: number, address: string): string {
  return `Development wallet: ${role} ${number} (${formatAddress(address)})`
}
