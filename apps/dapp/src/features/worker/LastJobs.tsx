import { useQuery } from '@tanstack/react-query'
import { Empty } from '../elements/Empty.tsx'
import { Section } from '../elements/Page.tsx'
import { Table } from '../elements/Table.tsx'
import { formatDuration } from '../format/formatDuration.ts'
import { Money } from '../format/Money.tsx'
import { Time } from '../format/Time.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { useStore } from '../shell/createStore.ts'
import { earningsQuery } from './earningsQuery.ts'
import { lastJobRows } from './lastJobRows.ts'
import { ReceiptWord } from './ReceiptWord.tsx'
import { workerStore } from './workerStore.ts'

/** What, how long, earned, state. */
export function LastJobs({ address }: { address: `0x${string}` }) {
  const config = useConfig()
  const { log } = useStore(workerStore)
  const earnings = useQuery(earningsQuery(config, address))
  const rows = lastJobRows(log, earnings.data?.receipts ?? [])
  return (
    <Section title="Last jobs">
      {rows.length === 0 ? (
        <Empty title="No job yet.">
          Each job that this wallet’s workers finish is listed here with what it earned.
        </Empty>
      ) : (
        <Table
          caption="Last jobs, newest first"
          rows={rows}
          rowKey={(row) => row.key}
          columns={[
            {
              name: 'Job',
              cell: (row) => (
                <span className="flex flex-col wide:max-w-96 wide:flex-row wide:gap-x-2">
                  <span className="max-wide:line-clamp-2 wide:truncate" title={row.taskTitle}>
                    {row.taskTitle}
                  </span>{' '}
                  <span className="shrink-0 text-ink-3 max-wide:text-12">chunk {row.chunk}</span>
                </span>
              ),
            },
            { name: 'Ended', cell: (row) => <Time at={new Date(row.endedAt)} />, wideOnly: true },
            {
              name: 'Took',
              right: true,
              wideOnly: true,
              cell: (row) => <span className="figure">{formatDuration(row.seconds)}</span>,
            },
            {
              name: 'Earned',
              right: true,
              cell: (row) =>
                row.earned === null ? (
                  <span className="text-ink-3">{row.state === 'accepted' ? 'being read' : 'nothing'}</span>
                ) : (
                  <Money {...row.earned} />
                ),
            },
            { name: 'State', cell: (row) => <ReceiptWord state={row.state} /> },
          ]}
        />
      )}
    </Section>
  )
}
