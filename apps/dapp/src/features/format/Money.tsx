import type { Asset } from '@oblivion/core'
import { formatAmount, units } from './formatAmount.ts'

/** An amount with its unit, in a table whose rows may be of several kinds of money. */
export function Money({ amount, asset }: { amount: bigint; asset: Asset }) {
  return (
    <span className="inline-flex flex-col items-end gap-x-1 whitespace-nowrap wide:flex-row wide:items-baseline">
      <span className="figure">{formatAmount(amount)}</span> <span className="text-ink-3">{units[asset]}</span>
    </span>
  )
}
