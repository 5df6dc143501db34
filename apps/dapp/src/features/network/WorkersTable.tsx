import type { WorkerStats, WorkerType } from '@oblivion/core'
import { Empty } from '../elements/Empty.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { Time } from '../format/Time.tsx'
import { LoadDots } from './LoadDots.tsx'

const words: Record<WorkerType, string> = { browser: 'Browser tab', server: 'Server', python: 'Python node' }

/** The server's list has no more rows. */
const mostWorkers = 200

/** The workers that called in, those online first; says so where the list may be cut. */
export function WorkersTable({ workers }: { workers: readonly WorkerStats[] }) {
  // Two workers of one wallet have the same short address: the place in the list tells their rows apart.
  const rows = workers.map((worker, index) => ({ ...worker, key: `${index} ${worker.worker}` }))
  return (
    <>
      {rows.length === 0 ? (
        <Empty title="No worker yet.">
          Workers that called in are listed here, {mostWorkers} at most and those online first, by their shortened
          addresses, with the jobs that they hold now.
        </Empty>
      ) : (
        <Table
          caption="Workers"
          rows={rows}
          rowKey={(row) => row.key}
          columns={[
            { name: 'Worker', cell: (row) => <span className="figure whitespace-nowrap">{row.worker}</span> },
            { name: 'Type', cell: (row) => words[row.worker_type], wideOnly: true },
            {
              name: 'State',
              cell: (row) => (
                <span className="flex items-center gap-1.5 whitespace-nowrap text-ink-2">
                  <StateMark meaning={row.online ? (row.current_jobs > 0 ? 'work' : 'wait') : 'rest'} size={8} />
                  {row.online ? (row.current_jobs > 0 ? 'Working' : 'Waiting') : 'Offline'}
                </span>
              ),
            },
            { name: 'Active jobs', cell: (row) => <LoadDots current={row.current_jobs} cap={row.max_jobs} /> },
            {
              name: 'Jobs done',
              right: true,
              cell: (row) => <span className="figure">{row.total_jobs_completed.toLocaleString('en-US')}</span>,
            },
            { name: 'Last seen', right: true, wideOnly: true, cell: (row) => <Time at={row.last_seen} /> },
          ]}
        />
      )}
      {rows.length >= mostWorkers && (
        <p className="text-12 text-ink-3">
          The list ends here, after {mostWorkers} workers: those online come first, then who has most jobs at hand and
          done. The figures above count all.
        </p>
      )}
    </>
  )
}
