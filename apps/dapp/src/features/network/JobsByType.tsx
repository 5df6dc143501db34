import type { JobStatus } from '@oblivion/core'
import { Empty } from '../elements/Empty.tsx'
import { type Column, Table } from '../elements/Table.tsx'
import { chunkWords } from '../jobs/chunkStates.ts'
import type { JobCounts } from './jobCounts.ts'

const columns: readonly { status: JobStatus; wideOnly?: true }[] = [
  { status: 'pending' },
  { status: 'blocked', wideOnly: true },
  { status: 'processing' },
  { status: 'completed' },
  { status: 'failed' },
  { status: 'cancelled', wideOnly: true },
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
        ...columns.map(
          ({ status, wideOnly = false }): Column<JobCounts> => ({
            ...{ name: chunkWords[status], right: true, wideOnly },
            cell: ({ counts }) => <span className="figure">{(counts[status] ?? 0).toLocaleString('en-US')}</span>,
          }),
        ),
      ]}
    />
  )
}
