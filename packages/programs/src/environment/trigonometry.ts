import { wholeParts } from './doubles.ts'

/** pi / 2 in parts of 33 bits, so that their products with a small whole number are exact. */
const HALF_PI_1 = 1.5707963267341256
const HALF_PI_2 = 6.077100506303966e-11
const HALF_PI_3 = 2.0222662487111665e-21
const HALF_PI_4 = 8.4784276603689e-32

const horner = (z: number, coefficients: readonly number[]): number => {
  let sum = 0
  for (const coefficient of coefficients) sum = sum * z + coefficient
  return sum
}

// Taylor's series, last term first.
const SIN = [
  1 / 355687428096000,
  -1 / 1307674368000,
  1 / 6227020800,
  -1 / 39916800,
  1 / 362880,
  -1 / 5040,
  1 / 120,
  -1 / 6,
]
const COS = [1 / 20922789888000, -1 / 87178291200, 1 / 479001600, -1 / 3628800, 1 / 40320, -1 / 720, 1 / 24]
/** atan(k / 8) as a double and what that leaves of it. */
const ATAN = [
  [0, 0],
  [0.12435499454676144, -3.1253241424539383e-18],
  [0.24497866312686414, 1.0698755618734451e-17],
  [0.35877067027057225, -2.4623815582638635e-17],
  [0.4636476090008061, 2.2698777452961687e-17],
  [0.5585993153435624, -5.4556305485916264e-18],
  [0.6435011087932844, 1.5834785051444286e-17],
  [0.7188299996216245, -2.1478388444456983e-17],
  [0.7853981633974483, 3.061616997868383e-17],
] as const

/** Sine of x + low for |x| up to pi / 4. */
const sinNear = (x: number, low: number): number => {
  const z = x * x
  return x + (z * x * horner(z, SIN) + low * (1 - z / 2))
}

/** Cosine of x + low for |x| up to pi / 4. */
const cosNear = (x: number, low: number): number => {
  const z = x * x
  const half = z / 2
  const head = 1 - half
  return head + (1 - head - half + (z * z * horner(z, COS) - x * low))
}

interface Reduced {
  readonly quadrant: number
  readonly x: number
  readonly low: number
}

/** 2 / pi with 1,200 bits behind the point, by Machin's formula; made when an angle is too large for the parts above. */
let twoOverPi: bigint | null = null
const BITS = 1200n
const makeTwoOverPi = (): bigint => {
  const one = 1n << (BITS + 64n)
  const atanOfInverse = (n: bigint): bigint => {
    let term = one / n
    let sum = term
    for (let k = 3n, sign = -1n; term > 0n; k += 2n, sign = -sign) {
      term /= n * n
      sum += (sign * term) / k
    }
    return sum
  }
  const pi = 4n * (4n * atanOfInverse(5n) - atanOfInverse(239n))
  return (2n * one * (1n << BITS)) / pi
}

/** An angle as a multiple of pi / 2 and a rest of at most pi / 4. */
const reduce = (x: number): Reduced => {
  if (Math.abs(x) < 500_000) {
    const n = Math.round(x * 0.6366197723675814)
    const first = x - n * HALF_PI_1
    const second = n * HALF_PI_2
    const high = first - second
    const lost = first - high - second
    const third = n * HALF_PI_3
    const r = high + (lost - third)
    return { quadrant: n & 3, x: r, low: high - r + (lost - third) - n * HALF_PI_4 }
  }
  twoOverPi ??= makeTwoOverPi()
  const { whole, power } = wholeParts(x)
  const product = whole * twoOverPi
  // The quarter turns with 128 bits behind the point; what lies further down was never in 2 / pi.
  const quarters = product >> (BITS - 128n - BigInt(power))
  const nearest = (quarters + (1n << 127n)) >> 128n
  const rest = quarters - (nearest << 128n)
  // 2^-64 and 2^-128.
  const high = Number(rest >> 64n) * 5.421010862427522e-20
  const low = Number(rest - ((rest >> 64n) << 64n)) * 2.938735877055719e-39
  const r = high * 1.5707963267948966
  const reduced = { x: r, low: low * 1.5707963267948966 + high * 6.123233995736766e-17 }
  const quadrant = Number(nearest & 3n)
  return x < 0 ? { quadrant: -quadrant & 3, x: -reduced.x, low: -reduced.low } : { quadrant, ...reduced }
}

const byQuadrant = ({ quadrant, x, low }: Reduced): number => {
  const value = quadrant % 2 === 0 ? sinNear(x, low) : cosNear(x, low)
  return quadrant < 2 ? value : -value
}

export const sin = (x: number): number => {
  if (x === 0 || !Number.isFinite(x)) return x === 0 ? x : Number.NaN
  return byQuadrant(reduce(x))
}

export const cos = (x: number): number => {
  if (!Number.isFinite(x)) return Number.NaN
  const reduced = reduce(x)
  return byQuadrant({ ...reduced, quadrant: (reduced.quadrant + 1) & 3 })
}

export const tan = (x: number): number => {
  if (x === 0 || !Number.isFinite(x)) return x === 0 ? x : Number.NaN
  const { quadrant, x: r, low } = reduce(x)
  return quadrant % 2 === 0 ? sinNear(r, low) / cosNear(r, low) : -cosNear(r, low) / sinNear(r, low)
}

export const atan = (x: number): number => {
  const size = Math.abs(x)
  if (x === 0 || Number.isNaN(x)) return x
  if (size > 1) {
    const rest = atan(1 / size)
    return Math.sign(x) * (1.5707963267948966 - (rest - 6.123233995736766e-17))
  }
  const k = Math.round(size * 8)
  const near = k / 8
  const t = (size - near) / (1 + size * near)
  const z = t * t
  const [high, low] = ATAN[k] as readonly [number, number]
  return (
    Math.sign(x) * (high + (t + (low + t * z * horner(z, [-1 / 15, 1 / 13, -1 / 11, 1 / 9, -1 / 7, 1 / 5, -1 / 3]))))
  )
}

export const atan2 = (y: number, x: number): number => {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  const left = x < 0 || Object.is(x, -0)
  const down = y < 0 || Object.is(y, -0)
  const ySize = Math.abs(y)
  const xSize = Math.abs(x)
  let angle: number
  if (ySize === 0) angle = 0
  else if (xSize === 0) angle = Math.PI / 2
  else if (ySize === Number.POSITIVE_INFINITY) angle = xSize === Number.POSITIVE_INFINITY ? Math.PI / 4 : Math.PI / 2
  else angle = ySize > xSize ? Math.PI / 2 - atan(xSize / ySize) : atan(ySize / xSize)
  if (left) angle = Math.PI - (angle - 1.2246467991473532e-16)
  return down ? -angle : angle
}

export const asin = (x: number): number => (x === 0 ? x : atan2(x, Math.sqrt((1 - x) * (1 + x))))
export const acos = (x: number): number => atan2(Math.sqrt((1 - x) * (1 + x)), x)
