import type { OperatorAction } from '@oblivion/core'
import { Section } from '../elements/Page.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { Time } from '../format/Time.tsx'
import { actionWords, programName } from './operatorWords.ts'

/** Who did what from this page, the newest first; nothing while nobody did anything. */
export function ActionSection({ actions }: { actions: readonly OperatorAction[] }) {
  if (actions.length === 0) return null
  return (
    <Section title="Last actions">
      <Table
        caption="What operators did, newest first"
        rows={actions.map((action, index) => ({ ...action, key: `${actions.length - index} ${action.at}` }))}
        rowKey={(row) => row.key}
        columns={[
          { name: 'When', cell: (row) => <Time at={row.at} /> },
          {
            name: 'What',
            cell: (row) => (
              <>
                {actionWords[row.action]}
                {row.action.endsWith('program') && <span className="figure text-12"> {programName(row.subject)}</span>}
                {row.reason !== null && <span className="block break-words text-12 text-ink-2">{row.reason}</span>}
              </>
            ),
          },
          {
            name: 'Who',
            right: true,
            wideOnly: true,
            cell: (row) => (
              <span className="figure whitespace-nowrap">{formatAddress(row.operator as `0x${string}`)}</span>
            ),
          },
        ]}
      />
    </Section>
  )
}
