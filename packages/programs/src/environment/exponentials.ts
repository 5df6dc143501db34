import { exactProduct, scale, split } from './doubles.ts'

/** ln 2 in two parts; the first has 40 bits, so that its product with any exponent is exact. */
const LN2_HIGH = 0.6931471805592082
const LN2_LOW = 7.371002565167799e-13
/** 1 / ln 10 and 1 / ln 2, with what a double leaves of them. */
const LOG10_E = Math.LOG10E
const LOG10_E_LOW = 1.098319650216765e-17
const LOG2_E = Math.LOG2E
const LOG2_E_LOW = 2.0355273740931033e-17

/** e^(r + low) - 1 for |r| up to ln 2 / 2, by Taylor's series; low is below the last place of r. */
const expm1Near = (r: number, low: number): number => {
  let sum = 1 / 6227020800
  for (const factorial of [479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6])
    sum = sum * r + 1 / factorial
  return r + (low + low * r + r * r * (0.5 + r * sum))
}

/** e^(x + low), low being what x leaves of an exact exponent. */
const expOf = (x: number, low: number): number => {
  if (Number.isNaN(x)) return x
  if (x > 709.79) return Number.POSITIVE_INFINITY
  if (x < -745.2) return 0
  const power = Math.round(x * LOG2_E)
  const high = x - power * LN2_HIGH
  const less = power * LN2_LOW
  const r = high - less
  return scale(1 + expm1Near(r, high - r - less + low), power)
}

export const exp = (x: number): number => expOf(x, 0)

export const expm1 = (x: number): number => {
  if (x === 0 || Number.isNaN(x)) return x
  return Math.abs(x) < 0.34 ? expm1Near(x, 0) : x < -40 ? -1 : exp(x) - 1
}

/** ln of a positive finite value as an unevaluated sum, to about 2^-59 of it. ln m = 2 atanh s with s = (m-1)/(m+1). */
const logParts = (x: number): readonly [number, number] => {
  const { mantissa, power } = split(x)
  const f = mantissa - 1
  const t = 2 + f
  const s = f / t
  const [product, rest] = exactProduct(s, t)
  // What the division and the sum 2 + f have rounded away.
  const sLow = (f - product - rest - s * (f - (t - 2))) / t
  const z = s * s
  let sum = 1 / 27
  for (const odd of [25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3]) sum = sum * z + 1 / odd
  const head = power * LN2_HIGH
  const first = head + 2 * s
  const lost = head - first + 2 * s
  const tail = lost + (2 * sLow + (2 * s * z * sum + power * LN2_LOW))
  const high = first + tail
  return [high, first - high + tail]
}

const logOr = (x: number, of: (x: number) => number): number => {
  if (x > 0 && x < Number.POSITIVE_INFINITY) return of(x)
  return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN
}

export const log = (x: number): number =>
  logOr(x, (x) => {
    const [high, low] = logParts(x)
    return high + low
  })

/** ln x times a constant that is given in two parts; a result that lies beside a whole number is that number. */
const logBy = (x: number, factor: number, factorLow: number): number => {
  const [high, low] = logParts(x)
  const [product, rest] = exactProduct(high, factor)
  return product + (rest + low * factor + high * factorLow)
}

export const log2 = (x: number): number =>
  logOr(x, (x) => {
    const { mantissa, power } = split(x)
    return mantissa === 1 ? power : power + logBy(mantissa, LOG2_E, LOG2_E_LOW)
  })

export const log10 = (x: number): number => logOr(x, (x) => logBy(x, LOG10_E, LOG10_E_LOW))

export const log1p = (x: number): number => {
  const u = 1 + x
  // Kahan's correction: what 1 + x has rounded away is put back in proportion.
  return u === 1 || u === Number.POSITIVE_INFINITY ? x : u === 0 ? Number.NEGATIVE_INFINITY : log(u) * (x / (u - 1))
}

export const pow = (x: number, y: number): number => {
  if (y === 0) return 1
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  const size = Math.abs(x)
  if (size === 1 && Math.abs(y) === Number.POSITIVE_INFINITY) return Number.NaN
  if (y === 1) return x
  if (y === 2) return x * x
  const whole = Math.floor(y) === y
  const odd = whole && Math.abs(y) < 9007199254740992 && y % 2 !== 0
  const sign = odd && (x < 0 || Object.is(x, -0)) ? -1 : 1
  if (x < 0 && !whole && size !== Number.POSITIVE_INFINITY) return Number.NaN
  if (size === 0 || size === Number.POSITIVE_INFINITY)
    return sign * ((size === 0) === y > 0 ? 0 : Number.POSITIVE_INFINITY)
  if (Math.abs(y) > 1e19) return size === 1 ? 1 : size > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
  // Small whole powers of whole numbers are exact while they fit, as everybody expects of 10^3.
  if (whole && y > 0 && y <= 64) {
    let result = 1
    let exact = true
    for (let left = y; left > 0 && exact; left--) {
      result *= size
      exact = result <= 9007199254740992 && Math.floor(result) === result
    }
    if (exact) return sign * result
  }
  const [high, low] = logParts(size)
  const [product, rest] = exactProduct(high, y)
  return sign * expOf(product, rest + low * y)
}
