import type { OperatorNodeView } from '@oblivion/core'
import type { ReactNode } from 'react'
import { CopyButton } from '../elements/CopyButton.tsx'
import { Empty } from '../elements/Empty.tsx'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { ProgressBar } from '../elements/ProgressBar.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { Table } from '../elements/Table.tsx'
import { formatAmount } from '../format/formatAmount.ts'
import { Time } from '../format/Time.tsx'
import { machineName } from '../privacy/machineWords.ts'
import { nodeFigures, tryWords } from './nodeWords.ts'

/** One node: how it stands, what it holds, how its last tries ended, and what it says that it is. */
export function NodeView({ node }: { node: OperatorNodeView }) {
  const { jobs, attempts, lastHour } = node
  return (
    <>
      <Figures label="Figures of the node" entries={nodeFigures(node)} />
      <Section title="What it holds">
        {jobs.length === 0 ? (
          <p className="card px-5 py-4 text-ink-2">No job.</p>
        ) : (
          <ul aria-label="Jobs that it holds" className="card divide-y divide-line">
            {jobs.map((job) => (
              <li key={job.jobId} className="flex flex-col gap-2 px-5 py-4">
                <p className="flex flex-wrap justify-between gap-x-4">
                  <JobName {...job} />
                  <span className="text-12 text-ink-2">
                    Taken <Time at={job.startedAt} />, its lease ends <Time at={job.leaseExpiresAt} />
                  </span>
                </p>
                <ProgressBar
                  share={job.progress}
                  label="Its progress"
                  reading={`${Math.round(job.progress * 100)} % by its program’s word`}
                />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="Attempts of the last hour">
        {attempts.length === 0 ? (
          <Empty title="No attempt ended within the hour.">
            How each of its jobs ended stands here: done, failed, lost with it, or given back.
          </Empty>
        ) : (
          <Table
            caption="Attempts that ended within the hour, the newest first"
            rows={attempts.map((attempt) => ({ ...attempt, ...tryWords(attempt) }))}
            rowKey={(row) => `${row.jobId} ${row.attempt}`}
            columns={[
              { name: 'Ended', cell: (row) => <Time at={row.endedAt} /> },
              { name: 'Job', cell: (row) => <JobName {...row} /> },
              {
                name: 'How',
                cell: (row) => (
                  <span className="flex flex-col">
                    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
                      <StateMark meaning={row.meaning} size={8} />
                      {row.words}
                    </span>
                    {row.outcome !== 'succeeded' && <span className="text-12 text-ink-2">{row.note}</span>}
                  </span>
                ),
              },
              {
                name: 'Took',
                right: true,
                wideOnly: true,
                cell: (row) => <span className="figure whitespace-nowrap">{row.took}</span>,
              },
            ]}
          />
        )}
        {lastHour.attempts > attempts.length && (
          <p className="text-12 text-ink-3">The last {attempts.length} of them.</p>
        )}
      </Section>
      <Section title="What it is">
        <dl className="card divide-y divide-line">
          <Fact name="Runs in">{machineName(node)}, by its own word</Fact>
          <Fact name="Earns for">
            <Copied text={node.provider} label="Copy the address" />
          </Fact>
          {node.site !== null && <Fact name="A visitor of">{node.site}</Fact>}
          <Fact name="Id">
            <Copied text={node.nodeId} label="Copy the id" />
          </Fact>
          <Fact name="Registered">
            <Time at={node.registeredAt} />
          </Fact>
          <Fact name="Asks per hour">
            {node.pricePerHour === null ? 'The usual rate' : `${formatAmount(node.pricePerHour)} USDC`}
          </Fact>
          <Fact name="Can do">{node.capabilities.length === 0 ? 'Names nothing' : node.capabilities.join(', ')}</Fact>
          <Fact name="Its word">{trustWords(node)}</Fact>
          <Fact name="Key">
            {node.hasKey
              ? 'One. Its owner ends it on the Wallet page; you by DELETE /bots/ and its id at the coordinator, with ADMIN_TOKEN.'
              : 'None: it was ended, or a page works by its wallet’s session.'}
          </Fact>
        </dl>
      </Section>
    </>
  )
}

const trustWords = ({ operator, established }: OperatorNodeView): string => {
  if (operator) return 'Counts: its key is marked as an operator’s'
  return established ? 'Counts: its owner has proved itself' : 'Does not count yet: its owner has proved nothing'
}

type JobNameProps = { type: string; chunkIndex: number; attempt: number; taskId: string }

function JobName({ type, chunkIndex, attempt, taskId }: JobNameProps) {
  return (
    <span title={`Task ${taskId}`}>
      {type}, chunk <span className="figure">{chunkIndex + 1}</span>
      {attempt > 1 && (
        <>
          , attempt <span className="figure">{attempt}</span>
        </>
      )}
    </span>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-1 px-5 py-3 wide:grid-cols-[10rem_1fr]">
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className="flex items-center gap-1">
      <span className="figure min-w-0 break-all">{text}</span>
      <CopyButton text={text} label={label} />
    </span>
  )
}
