import { type CardOffer, parseUsdc } from '@oblivion/core'
import { formatMoney } from '../format/formatAmount.ts'

/** Card money is counted in millionths of a dollar. */
export const UNITS_PER_CENT = 10_000n

/** A typed amount of dollars as whole cents, or what is wrong with it. */
export function readCardAmount(
  text: string,
  { least, most }: Pick<CardOffer, 'least' | 'most'>,
): { cents: number | null; problem: string | null } {
  const wrong = (problem: string) => ({ cents: null, problem })
  let amount: bigint
  try {
    amount = parseUsdc(text.trim())
  } catch {
    return wrong('Enter an amount in dollars, such as 25 or 12.50.')
  }
  if (amount % UNITS_PER_CENT !== 0n) return wrong('A card pays whole cents.')
  if (amount < least) return wrong(`Enter at least ${formatMoney(least, 'card')}.`)
  if (amount > most) return wrong(`Enter at most ${formatMoney(most, 'card')}.`)
  return { cents: Number(amount / UNITS_PER_CENT), problem: null }
}
