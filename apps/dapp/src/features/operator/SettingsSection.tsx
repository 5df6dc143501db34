import type { OperatorOverview } from '@oblivion/core'
import { Section } from '../elements/Page.tsx'
import { Table } from '../elements/Table.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { formatDuration } from '../format/formatDuration.ts'
import { plural } from '../format/plural.ts'

/** What holds now and where it is changed: never from a page, since a session can be stolen. */
export function SettingsSection({ settings }: { settings: OperatorOverview['settings'] }) {
  const column = (name: string) => `oblivion.settings.${name}`
  const rows = [
    {
      what: 'Fee of new tasks',
      value: `${settings.feeBps / 100} %`,
      where: 'oblivion.set_fee_bps()',
    },
    {
      what: 'Least price of a chunk',
      value: formatMoney(settings.minPricePerChunk),
      where: column('min_price_per_chunk'),
    },
    {
      what: 'An hour of a worker that names no price',
      value: formatMoney(settings.defaultPricePerHour),
      where: column('default_price_per_hour'),
    },
    { what: 'Play money', value: settings.sandbox ? 'Offered' : 'Off', where: 'WALLET_SANDBOX_ENABLED' },
    { what: 'Jobs at once on a node', value: String(settings.maxJobs), where: column('max_jobs') },
    {
      what: 'An owner is established after',
      value: `${plural(settings.provenAfter, 'result')} that count`,
      where: column('proven_after'),
    },
    {
      what: 'A program is stopped by itself after',
      value: plural(settings.quarantineAfter, 'owner'),
      where: column('quarantine_after'),
    },
    {
      what: 'An alarm for a job that waits',
      value:
        settings.queueOldAfterSeconds === null ? 'Never' : `After ${formatDuration(settings.queueOldAfterSeconds)}`,
      where: column('queue_old_after'),
    },
    {
      what: 'An alarm for attempts that fail',
      value: settings.failingShare === null ? 'Never' : `Above ${Math.round(settings.failingShare * 100)} %`,
      where: column('failing_share'),
    },
    {
      what: 'A silent tab loses its job after',
      value: formatDuration(settings.staleAfterBrowserSeconds),
      where: column('stale_after_browser'),
    },
    {
      what: 'Any other silent node after',
      value: formatDuration(settings.staleAfterSeconds),
      where: column('stale_after'),
    },
    {
      what: 'Longest run of a chunk, unless its task says',
      value: formatDuration(settings.defaultTimeoutSeconds),
      where: 'oblivion.set_type_timeout() for a job type',
    },
    {
      what: 'History is kept',
      value: settings.historyDays === null ? 'For ever' : plural(settings.historyDays, 'day'),
      where: 'oblivion.set_history_days()',
    },
  ]
  return (
    <Section title="Settings">
      <Table
        caption="Settings that hold now"
        rows={rows}
        rowKey={(row) => row.what}
        columns={[
          { name: 'Setting', cell: (row) => row.what },
          { name: 'Now', right: true, cell: (row) => <span className="figure whitespace-nowrap">{row.value}</span> },
          {
            name: 'Changed by',
            wideOnly: true,
            cell: (row) => <span className="figure text-12 text-ink-2">{row.where}</span>,
          },
        ]}
      />
      <p className="text-12 text-ink-3">
        They hold from the next call on. They are changed in the database or in the coordinator’s environment, and not
        from here: a stolen session must move no money.
      </p>
    </Section>
  )
}
