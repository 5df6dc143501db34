import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { radixText } from '../src/environment/radixText.ts'
import { createRandom, exactMath, memoryLimits } from '../src/index.ts'

const float = new Float64Array(1)
const bits = new BigInt64Array(float.buffer)
/** Doubles in their order, as whole numbers: neighbours differ by one. */
const rank = (value: number): bigint => {
  float[0] = value
  const word = bits[0] ?? 0n
  return word < 0n ? -(word & 0x7fffffffffffffffn) : word
}
/** How many doubles lie between two. */
const apart = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY
  const distance = rank(a) - rank(b)
  return Number(distance < 0n ? -distance : distance)
}

const double = fc.oneof(
  fc.double(),
  fc.double({ min: -1, max: 1 }),
  fc.double({ min: -800, max: 800 }),
  fc.integer({ min: -40, max: 40 }),
  fc.constantFrom(0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
)

describe('exact Math', () => {
  const one = Object.entries(exactMath).filter(([name]) => !['pow', 'atan2', 'hypot'].includes(name))
  test.each(one)('%s follows this engine’s within 5 units in the last place, and its special values', (name, own) => {
    const theirs = (Math as unknown as Record<string, (x: number) => number>)[name]
    fc.assert(
      fc.property(double, (x) => {
        const [a, b] = [(own as (x: number) => number)(x), theirs?.(x) ?? Number.NaN]
        expect(apart(a, b)).toBeLessThanOrEqual(5)
        // The sign of a zero counts, as does its being one.
        if (b === 0) expect(a).toBe(b)
      }),
      { numRuns: 2000 },
    )
  })

  test('pow, atan2 and hypot as well; powers near the ends of the range within 100', () => {
    fc.assert(
      fc.property(double, double, (x, y) => {
        const [power, engine] = [exactMath.pow(x, y), x ** y]
        expect(apart(power, engine)).toBeLessThanOrEqual(Math.abs(Math.log(Math.abs(engine))) < 50 ? 6 : 100)
        expect(apart(exactMath.atan2(x, y), Math.atan2(x, y))).toBeLessThanOrEqual(3)
        expect(apart(exactMath.hypot(x, y), Math.hypot(x, y))).toBeLessThanOrEqual(2)
      }),
      { numRuns: 5000 },
    )
  })

  test('whole powers and logarithms of powers are what everybody expects', () => {
    for (let n = 0; n <= 15; n++) expect(exactMath.pow(10, n)).toBe(Number(`1e${n}`))
    for (let n = -1074; n <= 1023; n++) expect(exactMath.log2(Number.parseFloat(String(2 ** n)))).toBe(n)
    expect(exactMath.cbrt(27)).toBe(3)
    expect(exactMath.sin(1e22)).toBe(-0.8522008497671888)
  })
})

test('texts of numbers to any base are as long as they have to be, and mean the number', () => {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz'
  fc.assert(
    fc.property(double.filter(Number.isFinite), fc.integer({ min: 2, max: 36 }), (x, radix) => {
      const own = radixText(x, radix)
      // To a power of two every digit is exact, in every engine.
      if ([2, 4, 8, 16, 32].includes(radix)) return void expect(own).toBe(x.toString(radix))
      if (Number.isSafeInteger(x)) return void expect(own).toBe((x || 0).toString(radix))
      const [whole = '', fraction = ''] = own.replace('-', '').split('.')
      expect(
        BigInt(Math.floor(Math.abs(x))) -
          [...whole].reduce((sum, c) => sum * BigInt(radix) + BigInt(digits.indexOf(c)), 0n),
      ).toSatisfy((off: bigint) => off === 0n || off === -1n)
      const parts = [...fraction].map((c) => digits.indexOf(c))
      expect(parts.every((digit) => digit >= 0 && digit < radix)).toBe(true)
      expect(parts.at(-1)).not.toBe(0)
    }),
    { numRuns: 3000 },
  )
  expect(radixText(1e21, 7)).toBe('5135235413265003022550266')
  expect(radixText(-0.5, 3)).toBe((-0.5).toString(3))
})

describe('random numbers', () => {
  const seed = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  test('are fixed by their seed', () => {
    const [a, b] = [createRandom(seed), createRandom(seed)]
    const drawn = Array.from({ length: 1000 }, () => a())
    expect(drawn).toEqual(drawn.map(() => b()))
    // Changes whenever the generator does: then every node must have the new one before the first task uses it.
    expect(drawn.slice(0, 3)).toMatchInlineSnapshot(`
      [
        0.6576389846608969,
        0.21248785809787996,
        0.22750689518186706,
      ]
    `)
    expect(createRandom(`c${seed.slice(1)}`)()).not.toBe(drawn[0])
  })

  test('lie evenly in [0, 1)', () => {
    const random = createRandom(seed)
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 100_000; i++) {
      const bin = Math.floor(random() * 10)
      counts[bin] = (counts[bin] ?? Number.NaN) + 1
    }
    // Chi square with 9 degrees of freedom: above 27.9 in one of a thousand seeds.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9)
  })
})

test('a module that is cut off, or lies about its lengths, has no memory or is refused, and never hangs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        memoryLimits(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, ...bytes]))
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
      }
    }),
    { numRuns: 2000 },
  )
})
