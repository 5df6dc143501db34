import { type Asset, formatUsdc } from '@oblivion/core'

/**
 * An amount as a screen shows it: groups of three before the point, at most 6 figures after it, no trailing noise.
 *
 * @param amount In the smallest unit; a decimal string as the API sends it, or a bigint.
 * @example formatAmount('1234500000') // '1,234.5'
 */
export function formatAmount(amount: bigint | string): string {
  const [whole = '0', fraction] = formatUsdc(BigInt(amount)).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction ? `${grouped}.${fraction}` : grouped
}

/** What an amount is counted in. Play money never looks like the real one. */
export const units = { chain: 'USDC', card: 'USD', test: 'play USDC' } as const satisfies Record<Asset, string>

/** The same with its unit: `'0.42 USDC'`. */
export function formatMoney(amount: bigint | string, asset: Asset = 'chain'): string {
  return `${formatAmount(amount)} ${units[asset]}`
}
