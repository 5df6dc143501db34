/**
 * Units of 0.000001 USDC as people read them: up to 6 figures after the point and no noughts at the end, without the
 * name of the currency and without group separators (a screen adds both in its own way).
 *
 * @example
 * formatUsdc(1500000n) // '1.5'
 */
export const formatUsdc = (amount: bigint): string => {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(7, '0')
  const fraction = digits.slice(-6).replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction && `.${fraction}`}`
}
