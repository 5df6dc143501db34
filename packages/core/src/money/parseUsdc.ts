import { InvalidAmountError } from '../errors/valueErrors.ts'

const unitsPerUsdc = 1_000_000n

/** The largest amount that a `bigint` column of Postgres holds. */
const maxAmount = 2n ** 63n - 1n

/**
 * What a person typed, in USDC, as units of 0.000001 USDC (the token has 6 decimals).
 *
 * @throws {InvalidAmountError} `OB111` for anything but digits with at most 6 figures after a point: a seventh figure
 *   would have to be rounded, and money is never rounded in silence.
 * @example
 * parseUsdc('1.5') // 1500000n
 */
export const parseUsdc = (text: string): bigint => {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(text.trim())
  if (!match) throw new InvalidAmountError({ values: { given: text, reason: 'not a decimal with at most 6 figures' } })
  const amount = BigInt(match[1] ?? '') * unitsPerUsdc + BigInt((match[2] ?? '').padEnd(6, '0'))
  if (amount > maxAmount) throw new InvalidAmountError({ values: { given: text, reason: 'too large' } })
  return amount
}
