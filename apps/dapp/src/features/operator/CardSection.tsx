import type { OperatorOverview } from '@oblivion/core'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { formatAmount } from '../format/formatAmount.ts'
import { Time } from '../format/Time.tsx'

/** Money by card: what came and went, what was charged back, and who is frozen by it. */
export function CardSection({ cards }: { cards: OperatorOverview['cards'] }) {
  const { payer, paidIn, returned, returning, badDebt, disputes } = cards
  const days = Math.round(cards.windowSeconds / 86_400)
  if (paidIn === 0n) {
    return (
      <Section title="Card money">
        <p className="card px-5 py-4 text-ink-2">Nobody has paid by card.</p>
      </Section>
    )
  }
  return (
    <Section title="Card money">
      <Figures
        label="Card money"
        entries={[
          { label: 'Paid in', value: formatAmount(paidIn), unit: 'USD', note: `Waits ${days} days for disputes.` },
          {
            label: 'Returned',
            value: formatAmount(returned),
            unit: 'USD',
            note: returned === 0n ? 'Nothing went back yet.' : 'Back on cards.',
          },
          {
            label: 'Returning',
            value: formatAmount(returning),
            unit: 'USD',
            note: returning === 0n ? 'Nobody asked for any.' : 'Asked for, on the way.',
          },
          {
            label: 'Bad debt',
            value: formatAmount(badDebt),
            unit: 'USD',
            note: badDebt === 0n ? 'Nothing was lost.' : 'Charged back after it was paid out: yours.',
          },
        ]}
      />
      <p className="text-12 text-ink-3">
        {payer === null
          ? 'Nobody’s escrow pays providers for it: set CARD_PAYER_ADDRESS.'
          : `Providers are paid out of the escrow of ${formatAddress(payer as `0x${string}`)}.`}
      </p>
      {disputes.length > 0 && (
        <Table
          caption="Disputes, newest first"
          rows={[...disputes]}
          rowKey={(dispute) => dispute.disputeId}
          columns={[
            {
              name: 'Customer',
              cell: (dispute) => (
                <span className="figure whitespace-nowrap">{formatAddress(dispute.customer as `0x${string}`)}</span>
              ),
            },
            {
              name: 'State',
              cell: ({ state, liftedAt }) => (
                <span className="flex items-center gap-1.5 text-ink-2">
                  <StateMark meaning={state === 'open' ? 'wait' : 'fail'} size={8} />
                  {state === 'open' ? 'Open' : 'Lost'}, {state === 'open' || liftedAt === null ? 'frozen' : 'let go on'}
                </span>
              ),
            },
            {
              name: 'Charged back, USD',
              right: true,
              cell: (dispute) => <span className="figure">{formatAmount(dispute.amount)}</span>,
            },
            {
              name: 'Taken back, USD',
              right: true,
              wideOnly: true,
              cell: (dispute) => <span className="figure">{formatAmount(dispute.covered)}</span>,
            },
            { name: 'Since', right: true, wideOnly: true, cell: (dispute) => <Time at={dispute.openedAt} /> },
          ]}
        />
      )}
    </Section>
  )
}
