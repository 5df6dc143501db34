import { exactMath } from './exactMath.ts'
import { radixText } from './radixText.ts'

/** What of `Math` every engine computes alike; its functions beside `exactMath`. */
const SAME = [
  'E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2',
  'abs ceil clz32 f16round floor fround imul max min random round sign sqrt trunc',
]

/** Gives a realm the `Math` that every node has, and takes away what only some engines have. */
export const installExactMath = (math: object = Math): void => {
  const names = new Set([...SAME.join(' ').split(' '), ...Object.keys(exactMath)])
  for (const name of Object.getOwnPropertyNames(math)) if (!names.has(name)) Reflect.deleteProperty(math, name)
  Object.assign(math, exactMath)
}

/** In a realm of its own: what else of the language engines compute in their own way. */
const installExactNumbers = (): void => {
  const { toString: native, valueOf: valueOfNumber } = Number.prototype
  const { toString: ours } = {
    toString(this: number, radix?: number): string {
      const value = valueOfNumber.call(this)
      const base = radix === undefined ? 10 : Math.trunc(radix)
      const own = base >= 2 && base <= 36 && base !== 10 && Number.isFinite(value) && !Number.isSafeInteger(value)
      return own ? radixText(value, base) : native.call(value, radix)
    },
  }
  Object.defineProperty(Number.prototype, 'toString', { value: ours })
}

/** What comes before each program that is not built in. */
export const installExactRealm = (): void => {
  installExactMath()
  installExactNumbers()
}
