/**
 * Functions that every engine computes to the same bit.
 *
 * ECMAScript specifies `+ - * /` and `Math.sqrt` exactly, but leaves `Math.sin`, `cos`, `pow`, `exp` and friends to the
 * engine: two honest nodes would disagree in the last bit, and then in the hash of the result. So whatever a built-in
 * needs beyond the exact operations is written out here, in a fixed order of operations.
 */

const HALF_PI = 1.5707963267948966

/** Sine of an angle in [-pi/4, pi/4]; Taylor to x^13, error below 1e-13. */
const sinNear = (x: number): number => {
  const s = x * x
  return x * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - s / 156))))))
}

/** Cosine of an angle in [-pi/4, pi/4]; Taylor to x^14. */
const cosNear = (x: number): number => {
  const s = x * x
  return (
    1 - (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182))))))
  )
}

/** Cosine of `turns` full turns, for turns in [0, 1]. */
export const cosTurns = (turns: number): number => {
  const quarters = turns * 4
  const nearest = Math.floor(quarters + 0.5)
  const x = (quarters - nearest) * HALF_PI
  const quadrant = nearest & 3
  if (quadrant === 0) return cosNear(x)
  if (quadrant === 1) return -sinNear(x)
  if (quadrant === 2) return -cosNear(x)
  return sinNear(x)
}

/** Sine of `turns` full turns, for turns in [0, 1]. */
export const sinTurns = (turns: number): number => {
  const quarters = turns * 4
  const nearest = Math.floor(quarters + 0.5)
  const x = (quarters - nearest) * HALF_PI
  const quadrant = nearest & 3
  if (quadrant === 0) return sinNear(x)
  if (quadrant === 1) return cosNear(x)
  if (quadrant === 2) return -sinNear(x)
  return -cosNear(x)
}

/** e^-x for x in [0, 40]; relative error below 1e-9: (1 + y/1 (1 + y/2 (...)))^64 with y = x / 64. */
export const expMinus = (x: number): number => {
  const y = x / 64
  let grown = 1 + y * (1 + (y / 2) * (1 + (y / 3) * (1 + (y / 4) * (1 + (y / 5) * (1 + y / 6)))))
  for (let i = 0; i < 6; i++) grown *= grown
  return 1 / grown
}

/** Cube root of a number in (0.1, 1] by Newton's method; six rounds from 1 reach the last bits. */
const cbrtNearOne = (x: number): number => {
  let root = 1
  for (let i = 0; i < 6; i++) root = (2 * root + x / (root * root)) / 3
  return root
}

/** The sRGB transfer curve: linear light in [0, 1] to a display value in [0, 1]. x^(1/2.4) = (cbrt(x^(1/4)))^5. */
export const srgbEncode = (linear: number): number => {
  if (linear <= 0) return 0
  if (linear >= 1) return 1
  if (linear <= 0.0031308) return linear * 12.92
  const root = cbrtNearOne(Math.sqrt(Math.sqrt(linear)))
  const squared = root * root
  return 1.055 * squared * squared * root - 0.055
}
