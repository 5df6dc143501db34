import type { Asset, ChunkResult, TaskSummary, Verdict } from '@oblivion/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { Empty } from '../elements/Empty.tsx'
import { Section } from '../elements/Page.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { type Meaning, StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { formatAmount, units } from '../format/formatAmount.ts'
import { Time } from '../format/Time.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { ResultDownload } from './ResultDownload.tsx'
import { resultLine } from './resultFile.ts'
import { StoredResult } from './StoredResult.tsx'
import { resultsQuery } from './taskQueries.ts'

const verdictWords: Record<Verdict, { meaning: Meaning; word: string; says: string }> = {
  unchecked: { meaning: 'rest', word: 'Unchecked', says: 'One worker computed it; its bytes match its hash.' },
  valid: { meaning: 'done', word: 'Agreed', says: 'As many equal results came in as the task asks for.' },
  inconclusive: { meaning: 'wait', word: 'Disputed', says: 'The replicas disagree. Each of them is shown.' },
  invalid: { meaning: 'fail', word: 'Wrong', says: 'This result was proven wrong.' },
}

/** What came out of a task that makes no picture: a table to look at, files to take away. */
export function TaskResults({ task, address }: { task: TaskSummary; address: `0x${string}` }) {
  const config = useConfig()
  const stages = task.stages ?? []
  const last = Math.max(0, stages.length - 1)
  const [chosen, setChosen] = useState<number | null>(null)
  const stage = chosen ?? last
  const total = stages[stage]?.counts.completed ?? task.counts.completed
  const query = useInfiniteQuery(resultsQuery(config, address, task.taskId, stages.length === 0 ? undefined : stage))
  const rows = query.data?.pages.flatMap(({ results }) => results) ?? []
  // A page that was not full has more as soon as more is done.
  const { refetch, hasNextPage } = query
  useEffect(() => {
    if (total > 0 && !hasNextPage) void refetch()
  }, [total, hasNextPage, refetch])

  return (
    <Section
      title="Results"
      aside={
        <ResultDownload
          key={stage}
          {...{ address, taskId: task.taskId, title: task.title, total }}
          stage={stages.length === 0 ? undefined : stage}
        />
      }
    >
      {stages.length > 1 && (
        <Choice
          legend="Of stage"
          name="results-stage"
          value={String(stage)}
          onChange={(key) => setChosen(Number(key))}
          options={stages.map(({ type }, index) => ({ key: String(index), label: String(index + 1), note: type }))}
        />
      )}
      {query.error && <QueryFailed error={query.error} tried="Reading the results" retry={query.refetch} />}
      {query.isPending && !query.error ? (
        <Skeleton label="Reading the results">
          <RowBones count={4} />
        </Skeleton>
      ) : rows.length === 0 ? (
        !query.error && (
          <Empty title={task.finishedAt === null ? 'Results will stand here.' : 'This task has no results.'}>
            {task.finishedAt === null
              ? 'Each accepted chunk is a row: what came out, who computed it, and whether others agree.'
              : task.spent === 0n
                ? 'No chunk was accepted before it ended, so nothing was paid.'
                : 'No chunk was accepted. What failed in words that two owners report is paid, and stands above.'}
          </Empty>
        )
      ) : (
        <>
          <ResultTable rows={rows} asset={task.asset} address={address} title={task.title} />
          {query.hasNextPage && (
            <Button
              className="self-start"
              busy={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage({ cancelRefetch: false })}
            >
              Show more
            </Button>
          )}
        </>
      )}
    </Section>
  )
}

type ResultTableProps = { rows: ChunkResult[]; asset: Asset; address: `0x${string}`; title: string }

function ResultTable({ rows, asset, address, title }: ResultTableProps) {
  return (
    <Table
      caption="Results by chunk"
      rows={rows}
      rowKey={(row) => `${row.chunkIndex} ${row.provider} ${row.attempt}`}
      columns={[
        { name: 'Chunk', cell: (row) => <span className="figure">{row.chunkIndex + 1}</span> },
        {
          name: 'Result',
          cell: (row) =>
            row.storedBytes === null ? (
              <code
                className="block max-w-[11rem] truncate text-12 wide:max-w-[30rem]"
                title={resultLine(row.result, 2000)}
              >
                {resultLine(row.result)}
              </code>
            ) : (
              <StoredResult {...{ address, title }} row={row} bytes={row.storedBytes} />
            ),
        },
        {
          name: 'Check',
          cell: (row) => {
            const { meaning, word, says } = verdictWords[row.verdict]
            return (
              <span title={says} className="flex items-center gap-1.5 whitespace-nowrap text-ink-2">
                <StateMark meaning={meaning} size={8} />
                {word}
              </span>
            )
          },
        },
        {
          name: 'Computed by',
          wideOnly: true,
          cell: (row) => (
            <span className="figure text-12 text-ink-2" title={row.provider}>
              {formatAddress(row.provider)}
            </span>
          ),
        },
        {
          name: 'To the worker',
          right: true,
          wideOnly: true,
          cell: (row) => (
            <span className="whitespace-nowrap">
              <span className="figure">{formatAmount(row.reward)}</span>{' '}
              <span className="text-12 text-ink-3">{units[asset]}</span>
            </span>
          ),
        },
        { name: 'Accepted', right: true, wideOnly: true, cell: (row) => <Time at={row.acceptedAt} /> },
      ]}
    />
  )
}
