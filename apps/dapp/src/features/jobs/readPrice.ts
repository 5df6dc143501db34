import { OblivionError, parseUsdc } from '@oblivion/core'

/** A price as typed, in USDC: the amount, or why it is none. */
export function readPrice(text: string): { price: bigint | null; problem: string | null } {
  try {
    const price = parseUsdc(text)
    return price > 0n
      ? { price, problem: null }
      : { price: null, problem: 'Enter a price above zero: workers do not compute for nothing.' }
  } catch (error) {
    if (!(error instanceof OblivionError)) throw error
    return { price: null, problem: 'Enter an amount in USDC, such as 0.01, with at most 6 figures after the point.' }
  }
}
