import type { Client } from '@oblivion/client'
import { haltPayouts, resumePayouts } from '@oblivion/client'
import type { OperatorOverview } from '@oblivion/core'
import { formatEther } from 'viem'
import { Button } from '../elements/Button.tsx'
import { Section } from '../elements/Page.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { plural } from '../format/plural.ts'
import { Time } from '../format/Time.tsx'
import { TransactionLink } from '../settlement/TransactionLink.tsx'
import type { Question } from './AskDialog.tsx'
import { batchWords, haltSentence, payoutState } from './operatorWords.ts'
import type { Health } from './readHealth.ts'

type PayoutSectionProps = {
  overview: OperatorOverview
  health: Health | undefined
  client: Client
  ask: (question: Question) => void
}

/** Whether money moves, what waits for it, and the switch. */
export function PayoutSection({ overview, health, client, ask }: PayoutSectionProps) {
  const { settlement, payoutsDue, batches } = overview
  const state = payoutState(settlement)
  return (
    <Section title="Payouts">
      <div className="card flex flex-wrap items-start gap-x-6 gap-y-4 px-5 py-4">
        <div className="min-w-0 flex-1 basis-72">
          <p className="flex items-center gap-2 font-medium">
            <StateMark meaning={state.meaning} />
            {state.words}
          </p>
          {settlement?.haltedReason && (
            <p className="mt-1 break-words text-ink-2">
              {settlement.haltedReason} {haltSentence(settlement.haltCause)}
            </p>
          )}
          <p className="mt-1 text-12 text-ink-3">
            {payoutsDue === 0 ? 'No voucher waits for a batch.' : `${plural(payoutsDue, 'voucher')} wait for a batch.`}
            {health?.balanceWei != null &&
              ` The relayer holds ${coins(health.balanceWei)} of the chain’s coin for gas.`}
            {health?.finalityLag != null &&
              (health.finalityLag === 0
                ? ' Every final block is booked.'
                : ` ${plural(health.finalityLag, 'final block')} to book.`)}
          </p>
        </div>
        {settlement !== null && (settlement.haltCause === null || settlement.haltCause === 'lifted') && (
          <Button
            onClick={() =>
              ask({
                title: 'Stop payouts?',
                children:
                  'Nothing is charged, signed or paid out, nobody can post a task, and tasks that USDC pays are paused, until an operator resumes it. Chunks in work go on, and what they earn is kept. Whoever has a voucher can still claim it on the chain, and customers can still withdraw.',
                confirm: 'Stop payouts now',
                danger: true,
                reason: true,
                act: async ({ reason }) => {
                  await haltPayouts(client, { reason })
                  return 'Payouts are stopped.'
                },
              })
            }
          >
            Stop payouts
          </Button>
        )}
        {settlement?.haltCause === 'operator' && (
          <Button
            kind="primary"
            onClick={() =>
              ask({
                title: 'Resume payouts?',
                children:
                  'The coordinator compares ledger and contract first. Where they are equal it charges, signs and sends batches again within seconds, for all that was earned meanwhile. Where they differ payouts stay stopped.',
                confirm: 'Resume payouts now',
                act: async () => {
                  await resumePayouts(client)
                  return 'Payouts go on once ledger and contract are compared.'
                },
              })
            }
          >
            Resume payouts
          </Button>
        )}
      </div>
      {batches.length > 0 && (
        <Table
          caption="Batches that are not final yet"
          rows={[...batches]}
          rowKey={(batch) => String(batch.nonce)}
          columns={[
            { name: 'Nonce', cell: (batch) => <span className="figure">{batch.nonce}</span> },
            { name: 'Batch', cell: batchWords },
            {
              name: 'State',
              cell: (batch) => (
                <span className="flex items-center gap-1.5 whitespace-nowrap text-ink-2">
                  <StateMark meaning={batch.state === 'mined' ? 'work' : 'wait'} size={8} />
                  {batch.state === 'mined' ? 'In a block' : `Sent, ${plural(batch.tries, 'try', 'tries')}`}
                </span>
              ),
            },
            {
              name: 'Transaction',
              wideOnly: true,
              cell: (batch) => <TransactionLink hash={batch.transaction as `0x${string}`} />,
            },
            { name: 'Since', right: true, wideOnly: true, cell: (batch) => <Time at={batch.openedAt} /> },
          ]}
        />
      )}
    </Section>
  )
}

/** With four figures after the point: enough to see it go down. */
const coins = (wei: bigint): string => String(Math.floor(Number(formatEther(wei)) * 10_000) / 10_000)
