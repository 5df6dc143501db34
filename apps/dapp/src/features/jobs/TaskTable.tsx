import type { TaskStatus, TaskSummary } from '@oblivion/core'
import { Link } from '@tanstack/react-router'
import { StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAmount, units } from '../format/formatAmount.ts'
import { Time } from '../format/Time.tsx'
import { ChunkBar } from './ChunkBar.tsx'
import { taskWords } from './taskSentence.ts'

/** My tasks: title, state, a bar of chunks, spent of budget. */
export function TaskTable({ tasks }: { tasks: readonly TaskSummary[] }) {
  return (
    <Table
      caption="My tasks, newest first"
      rows={[...tasks]}
      rowKey={(task) => task.taskId}
      columns={[
        {
          name: 'Task',
          cell: (task) => (
            <span className="flex flex-col gap-0.5">
              <Link
                to="/jobs/$taskId"
                params={{ taskId: task.taskId }}
                title={task.title}
                className="line-clamp-2 font-medium text-ink underline-offset-2 hover:text-link hover:underline"
              >
                {task.title}
              </Link>
              <State status={task.status} className="text-12 wide:hidden" />
            </span>
          ),
        },
        { name: 'State', wideOnly: true, cell: (task) => <State status={task.status} className="text-14" /> },
        {
          name: 'Chunks',
          cell: (task) => (
            <span className="flex flex-col gap-1 wide:flex-row wide:items-center wide:gap-3">
              <span className="w-28 wide:w-40">
                <ChunkBar counts={task.counts} />
              </span>
              <span className="figure whitespace-nowrap text-12 text-ink-2">
                {task.counts.completed.toLocaleString('en-US')} / {task.chunkCount.toLocaleString('en-US')}
              </span>
              <span className="whitespace-nowrap text-12 text-ink-3 wide:hidden">
                {formatAmount(task.spent)} of {formatAmount(task.budget)} {units[task.asset]}
              </span>
            </span>
          ),
        },
        {
          name: 'Spent of budget',
          right: true,
          wideOnly: true,
          cell: (task) => (
            <span className="whitespace-nowrap">
              <span className="figure">{formatAmount(task.spent)}</span>
              <span className="text-ink-3">{task.metered ? ' of at most ' : ' of '}</span>
              <span className="figure">{formatAmount(task.budget)}</span>{' '}
              <span className="text-ink-3">{units[task.asset]}</span>
            </span>
          ),
        },
        { name: 'Posted', right: true, wideOnly: true, cell: (task) => <Time at={task.createdAt} /> },
      ]}
    />
  )
}

function State({ status, className }: { status: TaskStatus; className: string }) {
  const { meaning, word } = taskWords[status]
  return (
    <span className={`flex items-center gap-1.5 whitespace-nowrap text-ink-2 ${className}`}>
      <StateMark meaning={meaning} size={8} />
      {word}
    </span>
  )
}
