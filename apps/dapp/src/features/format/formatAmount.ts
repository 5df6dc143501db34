import { formatUsdc } from '@oblivion/core'

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

/** The same with its unit: `'0.42 USDC'`. */
export function formatMoney(amount: bigint | string): string {
  return `${formatAmount(amount)} USDC`
}
