import { scale, wholeParts } from './doubles.ts'

/**
 * A finite number's text to a base other than ten. The standard leaves its digits to the engine, and Chromium and Firefox
 * differ from the 17th or so: here whole numbers are exact, and a fraction has as few digits as tell it from its neighbours.
 *
 * @param radix 2 to 36.
 */
export const radixText = (value: number, radix: number): string => {
  const size = Math.abs(value)
  const sign = value < 0 ? '-' : ''
  let whole = BigInt(Math.floor(size))
  let rest = size - Math.floor(size)
  // Half the way to the neighbour, counted along with the digits: each step is one rounding in every engine.
  let half = scale(1, wholeParts(size).power - 1) || 5e-324
  const digits: number[] = []
  while (rest >= half) {
    rest *= radix
    half *= radix
    const digit = Math.floor(rest)
    digits.push(digit)
    rest -= digit
    if ((rest > 0.5 || (rest === 0.5 && digit % 2 === 1)) && rest + half > 1) {
      whole += roundUp(digits, radix)
      break
    }
  }
  const fraction = digits.map((digit) => digit.toString(36)).join('')
  return `${sign}${whole.toString(radix)}${fraction === '' ? '' : `.${fraction}`}`
}

/** Adds one to the last digit, and says what is carried into the whole part. */
const roundUp = (digits: number[], radix: number): bigint => {
  while (digits.length > 0) {
    const digit = (digits.pop() as number) + 1
    if (digit < radix) {
      digits.push(digit)
      return 0n
    }
  }
  return 1n
}
