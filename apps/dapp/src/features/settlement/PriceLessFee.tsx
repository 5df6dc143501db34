import type { Column } from '../elements/Table.tsx'
import { formatAmount } from '../format/formatAmount.ts'

/** What a customer paid for a chunk, and the platform's share of it; null where an entry is about no chunk. */
type Prices = { price: bigint | null; fee: bigint | null }

/** Price and fee as columns of their own, where there is room for them. */
export function priceColumns<Row>(of: (row: Row) => Prices): Column<Row>[] {
  return (['price', 'fee'] as const).map((which) => ({
    name: which === 'price' ? 'Price' : 'Fee',
    right: true,
    wideOnly: true,
    cell: (row) => {
      const amount = of(row)[which]
      return <span className="figure whitespace-nowrap text-ink-2">{amount === null ? '–' : formatAmount(amount)}</span>
    },
  }))
}

/** The same below the amount, where there is no room for columns. */
export function PriceLessFee({ price, fee }: Prices) {
  if (price === null || fee === null) return null
  return (
    <span className="figure block whitespace-nowrap text-12 text-ink-3 wide:hidden">
      {formatAmount(price)} − {formatAmount(fee)} fee
    </span>
  )
}
