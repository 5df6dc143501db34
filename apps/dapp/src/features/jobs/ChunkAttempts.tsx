import type { ChunkAttempt, TaskView } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { Button } from '../elements/Button.tsx'
import { RowBones, Skeleton } from '../elements/Skeleton.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { formatMoment } from '../format/formatTime.ts'
import { plural } from '../format/plural.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { QueryFailed } from '../shell/QueryFailed.tsx'
import { attemptStart, attemptTime, attemptWho, attemptWords, noAttemptsSentence } from './attemptWords.ts'
import { ChunkItems } from './ChunkItems.tsx'
import { attemptsQuery } from './taskQueries.ts'

type ChunkAttemptsProps = {
  task: TaskView
  address: `0x${string}`
  index: number
  /** What is computed: Tile, Chunk. */
  noun: string
  onClose: () => void
}

/** The chosen chunk: what goes in and came out, and how it was tried: who, when, how it ended and why, oldest first. */
export function ChunkAttempts({ task, address, index, noun, onClose }: ChunkAttemptsProps) {
  const letter = task.chunks.charAt(index)
  const query = useQuery(attemptsQuery(useConfig(), address, task.taskId, index, letter))
  const name = `${noun} ${index + 1}`
  const attempts = query.data?.attempts
  return (
    <section
      aria-label={`How ${name.toLowerCase()} was tried`}
      className="flex flex-col gap-3 border-line border-t pt-4"
    >
      <div className="flex items-center justify-between gap-3">
        <h3 className="font-medium">
          <span role="status">
            {name}
            {attempts && attempts.length > 0 && (
              <span className="font-normal text-ink-2">
                , {query.data?.more && 'the latest '}
                {plural(attempts.length, 'attempt')}
              </span>
            )}
          </span>
        </h3>
        <Button size="small" kind="quiet" className="-mr-3" onClick={onClose}>
          Close
        </Button>
      </div>
      <ChunkItems {...{ address, index, letter }} taskId={task.taskId} />
      {query.error && !attempts && (
        <QueryFailed error={query.error} tried="Reading how it was tried" retry={query.refetch} />
      )}
      {!attempts && !query.error && (
        <Skeleton label="Reading how it was tried">
          <RowBones count={2} />
        </Skeleton>
      )}
      {attempts?.length === 0 && <p className="text-12 text-ink-2">{noAttemptsSentence(letter, task)}</p>}
      {attempts && attempts.length > 0 && (
        <ol className="flex flex-col">
          {attempts.map((attempt) => (
            <Attempt
              key={`${attempt.stage} ${attempt.attempt} ${attempt.worker} ${attempt.startedAt}`}
              {...{ attempt, task }}
            />
          ))}
        </ol>
      )}
    </section>
  )
}

function Attempt({ attempt, task }: { attempt: ChunkAttempt; task: TaskView }) {
  const { meaning, word, sentence } = attemptWords(attempt)
  const started = new Date(attempt.startedAt)
  const took = attemptTime(attempt)
  return (
    // The line that leads from one to the next ends with the last.
    <li className="group relative flex gap-3 pb-4 last:pb-0">
      <span className="absolute top-5 bottom-0 left-[4.5px] w-px bg-line-strong group-last:hidden" />
      <span className="pt-[5.5px]">
        <StateMark meaning={meaning} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap justify-between gap-x-4">
          <span>
            Attempt <span className="figure">{attempt.attempt}</span>
            {task.stages !== null && (
              <>
                {' '}
                of stage <span className="figure">{attempt.stage + 1}</span>
              </>
            )}
            : {word}
          </span>
          <time dateTime={attempt.startedAt} title={formatMoment(started)} className="figure text-12 text-ink-2">
            {attemptStart(attempt, new Date())}
            {took !== null && `, ${took}`}
          </time>
        </p>
        <p className="text-12 text-ink-2" title={attempt.provider ?? undefined}>
          {attemptWho(attempt, task.asset)}. {sentence}
        </p>
      </div>
    </li>
  )
}
