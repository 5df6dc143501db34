import { InvalidAmountError } from '../errors/valueErrors.ts'

/**
 * An amount as it travels: a decimal string of the smallest unit, because JSON numbers lose digits above 2^53.
 *
 * @throws {InvalidAmountError} `OB111` for anything else, numbers included.
 * @example
 * parseAmount('1500000') // 1500000n
 */
export const parseAmount = (text: unknown): bigint => {
  if (typeof text === 'string' && /^-?\d{1,78}$/.test(text)) return BigInt(text)
  throw new InvalidAmountError({ values: { given: String(text), reason: 'not a decimal string of the smallest unit' } })
}
