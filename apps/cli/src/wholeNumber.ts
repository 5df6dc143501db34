import { UsageError } from './UsageError.ts'

/**
 * The whole number that a flag was given.
 *
 * @throws {UsageError} where it is none, or out of bounds.
 */
export const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new UsageError(`${name.length === 1 ? '-' : '--'}${name} takes a whole number from ${least} to ${most}.`)
}
