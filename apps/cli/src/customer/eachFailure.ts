import { type Client, taskFailures, tryAgain } from '@oblivion/client'
import type { ChunkFailure, TaskView } from '@oblivion/core'

/** A chunk that has failed; `confirmed` is null where no two owners said the same of it, and it is not paid. */
export interface FailedChunk {
  readonly chunkIndex: number
  readonly confirmed: ChunkFailure | null
}

export interface EachFailureParameters {
  readonly view: Pick<TaskView, 'taskId' | 'chunks'>
  /** Only chunks with a higher index. */
  readonly after: number
  readonly signal?: AbortSignal
}

/** The failed chunks of a task by index, each with what was confirmed of it: one for each of its jobs that was paid so. */
export async function* eachFailure(
  client: Client,
  { view: { taskId, chunks }, after, signal }: EachFailureParameters,
): AsyncGenerator<FailedChunk> {
  let from: number | null = after
  let read: readonly ChunkFailure[] = []
  for (let index = chunks.indexOf('f', after + 1); index !== -1; index = chunks.indexOf('f', index + 1)) {
    // Pages may hold chunks that were done although one of their replicas failed.
    while (from !== null && from < index) {
      const past: number = Math.max(from, index - 1)
      const page = await tryAgain(() => taskFailures(client, { taskId, after: past, signal }), signal)
      read = page.failures
      from = page.next
    }
    const confirmed = read.filter(({ chunkIndex }) => chunkIndex === index)
    if (confirmed.length === 0) yield { chunkIndex: index, confirmed: null }
    for (const failure of confirmed) yield { chunkIndex: index, confirmed: failure }
  }
}
