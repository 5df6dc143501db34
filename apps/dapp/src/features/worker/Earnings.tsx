import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { FigureBones, Skeleton } from '../elements/Skeleton.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { formatAmount } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { earningsQuery } from './earningsQuery.ts'
import { nextForEarnings } from './nextForEarnings.ts'

/** Three figures and what happens next. */
export function Earnings({ address }: { address: `0x${string}` }) {
  const config = useConfig()
  const earnings = useQuery(earningsQuery(config, address))
  if (!earnings.data) {
    return (
      <Section title="Earned">
        {earnings.error ? (
          <QueryFailed error={earnings.error} tried="Reading your earnings" retry={earnings.refetch} />
        ) : (
          <Skeleton label="Reading your earnings">
            <FigureBones count={3} />
          </Skeleton>
        )}
      </Section>
    )
  }
  const { pending, claimable, settled } = earnings.data
  return (
    <Section
      title="Earned"
      aside={
        <p className="text-ink-2">
          {nextForEarnings(earnings.data)}{' '}
          {claimable > 0n && (
            <Link to="/wallet" className="text-link underline underline-offset-2">
              Go to Wallet
            </Link>
          )}
        </p>
      }
    >
      <Figures
        label="Earnings"
        entries={[
          {
            label: 'Pending',
            mark: <StateMark meaning="wait" size={8} />,
            value: formatAmount(pending),
            unit: 'USDC',
            note: pending === 0n ? 'No accepted job waits to be charged.' : 'Accepted, not yet charged on the chain.',
          },
          {
            label: 'Can be settled',
            mark: <StateMark meaning="work" size={8} />,
            value: formatAmount(claimable),
            unit: 'USDC',
            note: claimable === 0n ? 'No voucher is open.' : 'A voucher for it is signed. You can take it now.',
          },
          {
            label: 'Settled',
            mark: <StateMark meaning="done" size={8} />,
            value: formatAmount(settled),
            unit: 'USDC',
            note: settled === 0n ? 'Nothing was paid out yet.' : 'Paid to your wallet on the chain.',
          },
        ]}
      />
    </Section>
  )
}
