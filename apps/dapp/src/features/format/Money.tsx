import { formatAmount } from './formatAmount.ts'

/** An amount with its unit, figures tabular. */
export function Money({ amount }: { amount: bigint | string }) {
  return (
    <span className="whitespace-nowrap">
      <span className="figure">{formatAmount(amount)}</span> <span className="text-ink-3">USDC</span>
    </span>
  )
}
