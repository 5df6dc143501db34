import { OblivionError, parseUsdc } from '@oblivion/core'
import { formatMoney } from '../format/formatAmount.ts'

/** The amount that was typed, or why it cannot be deposited. */
export function readDeposit(
  text: string,
  holding: bigint | undefined,
): { amount: bigint | null; problem: string | null } {
  try {
    const amount = parseUsdc(text)
    if (amount === 0n) return { amount: null, problem: 'Enter an amount above zero.' }
    if (holding !== undefined && amount > holding) {
      return { amount: null, problem: `Your wallet holds ${formatMoney(holding)}, which is less.` }
    }
    return { amount, problem: null }
  } catch (error) {
    if (!(error instanceof OblivionError)) throw error
    return { amount: null, problem: 'Enter an amount in USDC, with at most 6 figures after the point.' }
  }
}
