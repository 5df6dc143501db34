import type { ChunkFailure, TaskView } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Section } from '../elements/Page.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { plural } from '../format/plural.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { FailureText } from './FailureText.tsx'
import { confirmedSentence, unconfirmedSentence } from './failureWords.ts'
import { failuresQuery } from './taskQueries.ts'

type TaskFailuresProps = { task: TaskView; address: `0x${string}`; pages: readonly (readonly number[])[]; noun: string }

/** Every failed chunk with why, as far as two owners said it alike; nothing where none has failed. */
export function TaskFailures({ task, address, pages, noun }: TaskFailuresProps) {
  const [shown, setShown] = useState(1)
  const count = pages.reduce((sum, page) => sum + page.length, 0)
  if (count === 0) return null
  return (
    <Section title="What failed" aside={<p className="text-12 text-ink-3">{plural(count, noun.toLowerCase())}</p>}>
      {pages.slice(0, shown).map((indexes, at) => (
        // By its place: one more failed chunk moves the others, and what is there stays until they are read.
        <FailurePage key={`page ${at + 1}`} {...{ task, address, indexes, noun }} />
      ))}
      {shown < pages.length && (
        <Button className="self-start" onClick={() => setShown(shown + 1)}>
          Show more
        </Button>
      )}
    </Section>
  )
}

type FailurePageProps = { task: TaskView; address: `0x${string}`; indexes: readonly number[]; noun: string }

function FailurePage({ task, address, indexes, noun }: FailurePageProps) {
  const config = useConfig()
  const query = useQuery(failuresQuery(config, address, task.taskId, indexes))
  if (query.error && !query.data) {
    return <QueryFailed error={query.error} tried="Reading what failed" retry={query.refetch} />
  }
  if (!query.data) {
    return (
      <Skeleton label="Reading what failed">
        <RowBones count={Math.min(4, indexes.length)} />
      </Skeleton>
    )
  }
  const first = `${noun} ${(indexes[0] ?? 0) + 1}`
  const label = indexes.length === 1 ? first : `${first} to ${(indexes.at(-1) ?? 0) + 1}, those that failed`
  return (
    <ul aria-label={label} className="card divide-y divide-line">
      {indexes.map((index) => (
        <li key={index} className="flex flex-col gap-1.5 px-4 py-3 wide:flex-row wide:gap-6 wide:px-5">
          <p className="flex shrink-0 items-center gap-2 self-start font-medium wide:w-28">
            <StateMark meaning="fail" size={8} />
            <span>
              {noun} <span className="figure">{(index + 1).toLocaleString('en-US')}</span>
            </span>
          </p>
          <div className="flex min-w-0 flex-1 flex-col gap-1.5">
            <Why task={task} failures={query.data.get(index)} of={`${noun.toLowerCase()} ${index + 1}`} />
          </div>
        </li>
      ))}
    </ul>
  )
}

type WhyProps = { task: TaskView; failures: readonly ChunkFailure[] | undefined; of: string }

function Why({ task, failures, of }: WhyProps) {
  if (!failures) return <p className="text-12 text-ink-3">Why is being read.</p>
  if (failures.length === 0) return <p className="text-12 text-ink-2">{unconfirmedSentence(task)}</p>
  return failures.map((failure) => (
    <div key={`${failure.stage} ${failure.provider}`} className="flex flex-col gap-1">
      <FailureText text={failure.error} of={of} />
      <p className="text-12 text-ink-2" title={failure.provider}>
        {confirmedSentence(failure, task)}
      </p>
    </div>
  ))
}
