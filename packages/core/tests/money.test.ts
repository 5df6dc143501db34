import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { feeOfChunk, formatUsdc, InvalidAmountError, parseAmount, parseUsdc } from '../src/index.ts'

const amounts = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })

describe('USDC', () => {
  test.each([
    ['0', 0n],
    ['1', 1_000_000n],
    ['1.5', 1_500_000n],
    ['0.000001', 1n],
    ['007.10', 7_100_000n],
    [' 2 ', 2_000_000n],
    ['9223372036854.775807', 2n ** 63n - 1n],
  ])('reads %s', (text, amount) => expect(parseUsdc(text)).toBe(amount))

  test.each(['', ' ', '.5', '1.', '1.0000001', '-1', '+1', '1e3', '1,5', '0x10', '١', 'NaN', '9223372036854.775808'])(
    'refuses %j',
    (text) => expect(() => parseUsdc(text)).toThrow(InvalidAmountError),
  )

  test.each([
    [0n, '0'],
    [1n, '0.000001'],
    [1_500_000n, '1.5'],
    [10_000_000n, '10'],
    [-1_500_000n, '-1.5'],
    [-1n, '-0.000001'],
  ])('writes %s', (amount, text) => expect(formatUsdc(amount)).toBe(text))

  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parseUsdc(formatUsdc(amount))).toBe(amount)
      }),
    )
  })
})

describe('parseAmount', () => {
  test('reads decimal strings of any size', () => {
    fc.assert(
      fc.property(fc.bigInt(), (amount) => {
        expect(parseAmount(String(amount))).toBe(amount)
      }),
    )
  })

  test.each([1, null, undefined, '', '1.0', '0x1', ' 1', '1n', {}])('refuses %j', (given) => {
    expect(() => parseAmount(given)).toThrow(InvalidAmountError)
  })
})

describe('feeOfChunk', () => {
  const terms = fc.record({ price: amounts, feeBps: fc.integer({ min: 0, max: 10_000 }) })

  test('RN-27: sums to the fee on the total, exactly, and the rewards to the rest', () => {
    fc.assert(
      fc.property(terms, fc.integer({ min: 0, max: 200 }), ({ price, feeBps }, chunkCount) => {
        const fees = Array.from({ length: chunkCount }, (_, index) => feeOfChunk({ price, feeBps, index }))
        const total = price * BigInt(chunkCount)
        const fee = fees.reduce((sum, each) => sum + each, 0n)
        expect(fee).toBe((total * BigInt(feeBps)) / 10_000n)
        expect(fees.reduce((sum, each) => sum + (price - each), 0n)).toBe(total - fee)
      }),
    )
  })

  test('stays between nothing and the price, and within one unit of the exact share', () => {
    fc.assert(
      fc.property(terms, fc.nat(), ({ price, feeBps }, index) => {
        const fee = feeOfChunk({ price, feeBps, index })
        expect(fee).toBeGreaterThanOrEqual(0n)
        expect(fee).toBeLessThanOrEqual(price)
        const drift = fee * 10_000n - price * BigInt(feeBps)
        expect(drift > -10_000n && drift < 10_000n).toBe(true)
      }),
    )
  })

  test('10,000 chunks of 1 unit pay the fee of 1 chunk of 10,000 units', () => {
    let fee = 0n
    for (let index = 0; index < 10_000; index++) fee += feeOfChunk({ price: 1n, feeBps: 333, index })
    expect(fee).toBe(feeOfChunk({ price: 10_000n, feeBps: 333, index: 0 }))
    expect(fee).toBe(333n)
  })

  test.each([
    { price: -1n, feeBps: 0, index: 0 },
    { price: 1n, feeBps: -1, index: 0 },
    { price: 1n, feeBps: 10_001, index: 0 },
    { price: 1n, feeBps: 0.5, index: 0 },
    { price: 1n, feeBps: 0, index: -1 },
    { price: 1n, feeBps: 0, index: 1.5 },
    { price: 1n, feeBps: Number.NaN, index: 0 },
  ])('refuses price $price, $feeBps bps, index $index', (parameters) => {
    expect(() => feeOfChunk(parameters)).toThrow(InvalidAmountError)
  })
})
