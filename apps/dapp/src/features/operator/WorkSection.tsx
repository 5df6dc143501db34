import type { OperatorOverview, WorkerType } from '@oblivion/core'
import { Link } from '@tanstack/react-router'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { formatDuration } from '../format/formatDuration.ts'
import { plural } from '../format/plural.ts'
import { latenessOf } from './operatorWords.ts'

const workerTypes: Record<WorkerType, string> = {
  browser: 'Browser tabs',
  server: 'Servers',
  python: 'Python nodes',
}

/** The queue, who works on it, and whether what should happen by itself happens in time. */
export function WorkSection({ overview: { queue, lateness, nodes } }: { overview: OperatorOverview }) {
  const late = [
    { what: 'Rescue', note: 'Jobs of nodes that are gone go back to the queue.', seconds: lateness.leaseSeconds },
    {
      what: 'Public figures',
      note: 'Counted anew every other second while somebody is there.',
      seconds: lateness.figuresSeconds,
    },
    { what: 'Schedules', note: 'Tasks that customers have posted by the clock.', seconds: lateness.scheduleSeconds },
    {
      what: 'Reading of large results',
      note: 'Delivered to Storage; paid once the coordinator has read them.',
      seconds: lateness.deliverySeconds,
    },
  ]
  const rows = nodes.map((type) => ({ ...type, name: workerTypes[type.workerType] }))
  if (rows.length === 0) rows.push({ workerType: 'browser', name: 'None called in', working: 0, waiting: 0, gone: 0 })
  const count = (value: number) => value.toLocaleString('en-US')
  return (
    <Section
      title="Work"
      aside={
        <Link
          to="/admin/nodes/{-$nodeId}"
          params={{ nodeId: undefined }}
          className="text-12 text-link underline underline-offset-2"
        >
          All nodes
        </Link>
      }
    >
      <Figures
        label="The queue"
        entries={[
          {
            label: 'Waiting jobs',
            value: count(queue.pending),
            note: queue.pending === 0 ? 'The queue is empty.' : 'Pending, back-off included.',
          },
          {
            label: 'Oldest',
            ...ageFigure(queue.oldestSeconds),
            note:
              queue.oldestSeconds === null
                ? 'No job waits to be taken.'
                : 'Since the first job was made that could be taken now.',
          },
          {
            label: 'In work',
            value: count(queue.processing),
            note: queue.processing === 0 ? 'No node holds a job.' : 'Held by a node.',
          },
          {
            label: 'In planning',
            value: count(queue.planning),
            note:
              queue.planning === 0
                ? 'Every task has all its jobs.'
                : `${plural(queue.planning, 'large task')} still get jobs.`,
          },
        ]}
      />
      <div className="grid gap-3 full:grid-cols-2">
        <Table
          caption="What happens by itself"
          rows={late}
          rowKey={(row) => row.what}
          columns={[
            { name: 'By itself', cell: (row) => <span title={row.note}>{row.what}</span> },
            {
              name: 'State',
              right: true,
              cell: (row) => {
                const { meaning, words } = latenessOf(row.seconds)
                return (
                  <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-2">
                    <StateMark meaning={meaning} size={8} />
                    {words}
                  </span>
                )
              },
            },
          ]}
        />
        <Table
          caption="Nodes of the last day"
          rows={rows}
          rowKey={(row) => row.name}
          columns={[
            {
              name: 'Nodes, last day',
              cell: (row) => row.name,
            },
            { name: 'Working', right: true, cell: (row) => <span className="figure">{count(row.working)}</span> },
            { name: 'Waiting', right: true, cell: (row) => <span className="figure">{count(row.waiting)}</span> },
            { name: 'Gone', right: true, cell: (row) => <span className="figure">{count(row.gone)}</span> },
          ]}
        />
      </div>
    </Section>
  )
}

/** The number large, its unit beside it; of two units neither is the lesser. */
function ageFigure(seconds: number | null): { value: string; unit?: string | undefined } {
  if (seconds === null) return { value: '–' }
  const words = formatDuration(seconds)
  const [value = '', unit, ...more] = words.split(' ')
  return more.length > 0 ? { value: words } : { value, unit }
}
