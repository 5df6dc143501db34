import { expect, test } from 'vitest'
import { decodeBase64, encodeBase64 } from '../src/raytrace/base64.ts'
import { cosTurns, expMinus, sinTurns, srgbEncode } from '../src/raytrace/exactMath.ts'

const steps = Array.from({ length: 2001 }, (_, i) => i / 2000)
const worst = (own: (x: number) => number, library: (x: number) => number): number =>
  Math.max(...steps.map((x) => Math.abs(own(x) - library(x))))

test('own functions follow the library’s', () => {
  expect(worst(sinTurns, (x) => Math.sin(x * 2 * Math.PI))).toBeLessThan(1e-12)
  expect(worst(cosTurns, (x) => Math.cos(x * 2 * Math.PI))).toBeLessThan(1e-12)
  expect(
    worst(
      (x) => expMinus(x * 20),
      (x) => Math.exp(-x * 20),
    ),
  ).toBeLessThan(1e-9)
  const srgb = (x: number) => (x <= 0.0031308 ? x * 12.92 : 1.055 * x ** (1 / 2.4) - 0.055)
  expect(worst(srgbEncode, srgb)).toBeLessThan(1e-9)
})

test('base64 is the standard one, and nothing else is read', () => {
  for (let length = 0; length < 50; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length * 7) & 255)
    const text = Buffer.from(bytes).toString('base64')
    expect(encodeBase64(bytes)).toBe(text)
    expect(decodeBase64(text)).toEqual(bytes)
  }
  for (const wrong of ['A', 'AB', 'AB=A', 'A===', 'AB\u0100=', 'AB C', 'AB==AB==', 'AR=='])
    expect(decodeBase64(wrong)).toBeNull()
})
