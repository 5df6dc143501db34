// The parts of a double, by its bits. Every engine that runs a browser is little-endian.
const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/** 2^power as a normal number: power from -1022 to 1023. */
const powerOfTwo = (power: number): number => {
  words[0] = 0
  words[1] = (power + 1023) << 20
  return float[0] as number
}

/** value * 2^power, rounded once; power may lie anywhere. */
export const scale = (value: number, power: number): number => {
  let rest = Math.max(-2200, Math.min(2200, power))
  let scaled = value
  for (; rest > 1023; rest -= 1023) scaled *= powerOfTwo(1023)
  // In steps that stay normal, so that only the last one rounds.
  for (; rest < -1022; rest += 969) scaled *= powerOfTwo(-969)
  return scaled * powerOfTwo(rest)
}

/** A positive finite value as mantissa * 2^power, mantissa in [sqrt(1/2), sqrt(2)). */
export const split = (value: number): { readonly mantissa: number; readonly power: number } => {
  let power = 0
  let normal = value
  if (normal < 2.2250738585072014e-308) {
    normal *= 18014398509481984
    power = -54
  }
  float[0] = normal
  const high = words[1] as number
  power += (high >>> 20) - 1023
  words[1] = (high & 0xfffff) | 0x3ff00000
  const mantissa = float[0] as number
  return mantissa < Math.SQRT2 ? { mantissa, power } : { mantissa: mantissa / 2, power: power + 1 }
}

/** The mantissa of a finite value as a whole number, and its power of two: value = whole * 2^power. */
export const wholeParts = (value: number): { readonly whole: bigint; readonly power: number } => {
  float[0] = Math.abs(value)
  const high = words[1] as number
  const exponent = high >>> 20
  const whole = (BigInt(high & 0xfffff) << 32n) | BigInt(words[0] as number)
  return exponent === 0 ? { whole, power: -1074 } : { whole: whole | (1n << 52n), power: exponent - 1075 }
}

/** The exact product as an unevaluated sum, by Dekker's splitting; for factors whose product neither over- nor underflows. */
export const exactProduct = (a: number, b: number): readonly [number, number] => {
  const product = a * b
  const aBig = a * 134217729
  const aHigh = aBig - (aBig - a)
  const aLow = a - aHigh
  const bBig = b * 134217729
  const bHigh = bBig - (bBig - b)
  const bLow = b - bHigh
  return [product, aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow]
}
