import { exactMath } from './exactMath.ts'

/** What of `Math` every engine computes alike; its functions beside `exactMath`. */
const SAME = [
  'E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2',
  'abs ceil clz32 f16round floor fround imul max min random round sign sqrt trunc',
]

/**
 * Gives a realm the `Math` that every node has, and takes away what only some engines have: the text of this module comes
 * before each program that is not built in.
 */
export const installExactMath = (math: object = Math): void => {
  const names = new Set([...SAME.join(' ').split(' '), ...Object.keys(exactMath)])
  for (const name of Object.getOwnPropertyNames(math)) if (!names.has(name)) Reflect.deleteProperty(math, name)
  Object.assign(math, exactMath)
}
