import type { JobStatus } from '@oblivion/core'
import { Empty } from '../elements/Empty.tsx'
import { type Column, Table } from '../elements/Table.tsx'
import type { JobCounts } from './jobCounts.ts'

const states: readonly { name: string; status: JobStatus; wideOnly?: true }[] = [
  { name: 'Waiting', status: 'pending' },
  { name: 'For a stage before', status: 'blocked', wideOnly: true },
  { name: 'In work', status: 'processing' },
  { name: 'Done', status: 'completed' },
  { name: 'Failed', status: 'failed' },
  { name: 'Cancelled', status: 'cancelled', wideOnly: true },
]

/** The queue, what is in work and what became of all jobs, by the program that they are for. */
export function JobsByType({ jobs }: { jobs: JobCounts[] }) {
  if (jobs.length === 0) {
    return (
      <Empty title="No job yet.">
        Once somebody posts a task its jobs are counted here, by program: those that wait, are in work, done or failed.
      </Empty>
    )
  }
  return (
    <Table
      caption="Jobs by program"
      rows={jobs}
      rowKey={({ type }) => type}
      columns={[
        { name: 'Program', cell: ({ type }) => <span className="figure break-all">{type}</span> },
        ...states.map(
          ({ name, status, wideOnly }): Column<JobCounts> => ({
            ...{ name, right: true, wideOnly: wideOnly ?? false },
            cell: ({ counts }) => <span className="figure">{(counts[status] ?? 0).toLocaleString('en-US')}</span>,
          }),
        ),
      ]}
    />
  )
}
