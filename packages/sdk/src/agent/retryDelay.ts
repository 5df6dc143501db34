/**
 * How long to wait after the n-th failure in a row, in milliseconds: exponential from 1 s up to a minute, and anywhere in
 * the upper half of that, so that nodes that lost one server do not come back in step.
 *
 * @example
 * retryDelay(1, () => 0.5) // 750
 */
export const retryDelay = (failures: number, random: () => number): number =>
  Math.min(60_000, 1000 * 2 ** (Math.max(1, failures) - 1)) * (0.5 + random() / 2)
