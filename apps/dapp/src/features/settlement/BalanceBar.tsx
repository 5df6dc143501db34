import type { Balance, Earnings } from '@oblivion/core'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { SplitBar } from '../elements/SplitBar.tsx'
import { formatAmount } from '../format/formatAmount.ts'
import { balanceParts } from './walletFigures.ts'

/** One bar for everything: free, held, pending, to settle, settled; each leads to its entries. */
export function BalanceBar({ balance, earnings }: { balance: Balance; earnings: Earnings }) {
  const parts = balanceParts(balance, earnings)
  return (
    <Section title="Balance">
      <div className="flex flex-col gap-3">
        <SplitBar
          label="Whole balance in USDC"
          height="h-3"
          parts={parts.map(({ key, label, amount, fill }) => ({ key, label, fill, amount: Number(amount) / 1e6 }))}
        />
        <Figures
          label="Parts of the balance"
          entries={parts.map((part) => ({
            label: part.label,
            href: part.key === 'free' || part.key === 'held' ? '#statement' : '#receipts',
            mark: <span className={`size-2.5 rounded-mark ${part.fill}`} aria-hidden="true" />,
            value: formatAmount(part.amount),
            unit: 'USDC',
            note: part.note,
          }))}
        />
      </div>
    </Section>
  )
}
