import { scale, split } from './doubles.ts'
import { exp, expm1, log, log1p, log2, log10, pow } from './exponentials.ts'
import { acos, asin, atan, atan2, cos, sin, tan } from './trigonometry.ts'

const sinh = (x: number): number => {
  const size = Math.abs(x)
  if (size > 22) return Math.sign(x) * (exp(size / 2) / 2) * exp(size / 2)
  const e = expm1(size)
  return x === 0 ? x : Math.sign(x) * ((e + e / (e + 1)) / 2)
}

const cosh = (x: number): number => {
  const size = Math.abs(x)
  if (size > 22) return (exp(size / 2) / 2) * exp(size / 2)
  const e = exp(size)
  return (e + 1 / e) / 2
}

const tanh = (x: number): number => {
  if (x === 0) return x
  if (Math.abs(x) > 22) return Math.sign(x)
  const e = expm1(2 * x)
  return e / (e + 2)
}

const asinh = (x: number): number => {
  const size = Math.abs(x)
  if (x === 0 || !Number.isFinite(x)) return x
  const value = size > 268435456 ? log(size) + Math.LN2 : log1p(size + (size * size) / (1 + Math.sqrt(size * size + 1)))
  return Math.sign(x) * value
}

const acosh = (x: number): number => {
  if (!(x >= 1)) return Number.NaN
  if (x > 268435456) return log(x) + Math.LN2
  const t = x - 1
  return log1p(t + Math.sqrt(2 * t + t * t))
}

const atanh = (x: number): number => {
  const size = Math.abs(x)
  return x === 0 ? x : Math.sign(x) * 0.5 * log1p((2 * size) / (1 - size))
}

const cbrt = (x: number): number => {
  if (x === 0 || !Number.isFinite(x)) return x
  const { mantissa, power } = split(Math.abs(x))
  const third = Math.floor(power / 3)
  const rest = mantissa * ([1, 2, 4][power - 3 * third] as number)
  // Newton's method from 1.3 on [0.7, 5.7); the last step alone decides the last bits.
  let root = 1.3
  for (let i = 0; i < 8; i++) root = (2 * root + rest / (root * root)) / 3
  return Math.sign(x) * scale(root, third)
}

const hypot = (...values: number[]): number => {
  let largest = 0
  let unknown = false
  for (const value of values) {
    const size = Math.abs(value)
    if (size === Number.POSITIVE_INFINITY) return size
    if (Number.isNaN(size)) unknown = true
    if (size > largest) largest = size
  }
  if (unknown) return Number.NaN
  if (largest === 0) return 0
  let sum = 0
  let lost = 0
  for (const value of values) {
    const part = value / largest
    const square = part * part - lost
    const next = sum + square
    lost = next - sum - square
    sum = next
  }
  return Math.sqrt(sum) * largest
}

/**
 * The functions of `Math` that ECMAScript leaves to the engine, written out in operations that it does not (`+ - * /`,
 * `Math.sqrt`, rounding, whole numbers): two honest nodes with other browsers compute the same bits. Within two units in
 * the last place of the true value; powers near the ends of the range within some fifty.
 *
 * The operator `**` stays the engine's own, and so does its constant folding: a program that has to agree everywhere
 * writes `Math.pow`.
 */
export const exactMath = {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cbrt,
  cos,
  cosh,
  exp,
  expm1,
  hypot,
  log,
  log10,
  log1p,
  log2,
  pow,
  sin,
  sinh,
  tan,
  tanh,
} as const satisfies { readonly [N in keyof Math]?: Math[N] }
