import type { TaskView } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { useConfig } from '../shell/ConfigContext.tsx'
import { chunkDetail } from './chunkDetail.ts'
import { confirmedSentence, unconfirmedSentence } from './failureWords.ts'
import { pageOf } from './readFailures.ts'
import type { ResultFacts } from './taskPicture.ts'
import { failuresQuery } from './taskQueries.ts'

type ChunkDetailProps = {
  task: TaskView
  address: `0x${string}`
  index: number
  noun: string
  facts: ResultFacts | undefined
  /** The failed chunks by pages of the list below. */
  pages: readonly (readonly number[])[]
}

/** What is said of the chunk that is pointed at. */
export function ChunkDetail({ task, address, index, noun, facts, pages }: ChunkDetailProps) {
  const config = useConfig()
  const failed = task.chunks.charAt(index) === 'f' ? pageOf(pages, index) : undefined
  const query = useQuery({
    ...failuresQuery(config, address, task.taskId, failed ?? []),
    enabled: failed !== undefined,
  })
  if (failed === undefined) return chunkDetail(index, task.chunks.charAt(index), facts, noun, task.asset)
  const name = `${noun} ${index + 1}`
  // What is there may be of the page as it was before.
  const failures = query.data?.get(index)
  if (!failures) return `${name}: failed. ${query.error ? 'Why cannot be read now.' : 'Why is being read.'}`
  const [failure] = failures
  if (!failure) return `${name}: failed. ${unconfirmedSentence(task)}`
  return (
    <>
      {name}: failed. {confirmedSentence(failure, task)}
      <code dir="ltr" className="isolate line-clamp-2 font-mono text-ink [overflow-wrap:anywhere]">
        {failure.error}
      </code>
    </>
  )
}
