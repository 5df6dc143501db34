/**
 * Where the samples of a pixel fall: Owen-scrambled Sobol pairs, padded over dimensions (B. Burley, "Practical Hash-based
 * Owen Scrambling", JCGT 2020). At 64 samples a pixel this has about a third of the noise of independent random numbers.
 *
 * The seed is the pixel's own position in the picture, so that a tile's bytes do not depend on how the picture was cut.
 * Integer operations and one multiplication by a power of two: exact everywhere.
 */

const INV_2_32 = 2.3283064365386963e-10

const reverseBits = (value: number): number => {
  let x = value
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1)
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2)
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4)
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8)
  return (x >>> 16) | (x << 16)
}

/** Laine-Karras permutation: on bit-reversed values it is a nested uniform (Owen) scramble. */
const permute = (value: number, seed: number): number => {
  let x = (value + seed) | 0
  x = x ^ Math.imul(x, 0x6c50b47c)
  x = x ^ Math.imul(x, 0xb82f1e52)
  x = x ^ Math.imul(x, 0xc7afe638)
  return x ^ Math.imul(x, 0x8d22f6e6)
}

/** A 32-bit mixer (lowbias32, C. Wellons); avalanche is what matters here, not speed. */
const mix = (value: number): number => {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}

/** Second Sobol dimension, bit-reversed, for indices below 4096. */
const sobol2 = /* @__PURE__ */ (() => {
  const table = new Int32Array(4096)
  for (let index = 0; index < table.length; index++) {
    let result = 0
    let column = 1
    for (let bits = index; bits !== 0; bits >>>= 1) {
      if ((bits & 1) === 1) result ^= column
      column ^= column << 1
    }
    table[index] = result
  }
  return table
})()

/** Largest number of samples a pixel may have: the size of the table above. */
export const MAX_SAMPLES = 4096

/** The sample being taken; `u` and `v` are in [0, 1). One mutable object: this is the innermost loop. */
export interface Sampler {
  u: number
  v: number
  pixel: number
  index: number
  mask: number
  dimension: number
}

export const createSampler = (samples: number): Sampler => {
  let size = 1
  while (size < samples) size *= 2
  return { u: 0, v: 0, pixel: 0, index: 0, mask: size - 1, dimension: 0 }
}

export const startPixel = (sampler: Sampler, x: number, y: number): void => {
  sampler.pixel = mix(mix(Math.imul(y, 0x9e3779b1) ^ x) ^ 0x0b11f10a)
}

export const startSample = (sampler: Sampler, index: number): void => {
  sampler.index = index
  sampler.dimension = 0
}

/** Moves on to the next pair of dimensions. */
export const nextPair = (sampler: Sampler): void => {
  sampler.dimension++
  const seed = mix(sampler.pixel + Math.imul(sampler.dimension, 0x51633e2d))
  const index = reverseBits(permute(reverseBits(sampler.index), seed)) & sampler.mask
  sampler.u = (reverseBits(permute(index, seed ^ 0x68bc21eb)) >>> 0) * INV_2_32
  sampler.v = (reverseBits(permute(sobol2[index] ?? 0, seed ^ 0x02e5be93)) >>> 0) * INV_2_32
}
