import type { ResultPage } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface TaskResultsParameters extends CallOptions {
  readonly taskId: string
  /** Only chunks with a higher index; all where absent. */
  readonly after?: number | undefined
  /** At most this many; 100 where absent. */
  readonly limit?: number | undefined
  /** Only these chunks, such as those that a digest names. */
  readonly chunks?: readonly number[] | undefined
  /** Of this stage of a pipeline, from 0; of the last where absent. */
  readonly stage?: number | undefined
}

/**
 * Accepted results of one of the caller's tasks, by ascending chunk.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 * @example
 * for (let after: number | null = -1; after !== null; ) {
 *   const page = await taskResults(client, { taskId, after })
 *   page.results.forEach(draw)
 *   after = page.next
 * }
 */
export const taskResults = async (client: Client, parameters: TaskResultsParameters): Promise<ResultPage> => {
  const { taskId, after = -1, limit = 100, chunks, stage, ...options } = parameters
  const call = 'task_results'
  const args = {
    p_task_id: taskId,
    p_after: after,
    p_limit: limit,
    ...(chunks === undefined ? {} : { p_chunks: chunks }),
    ...(stage === undefined ? {} : { p_stage: stage }),
  } satisfies FunctionArguments<'task_results'>
  const page = fieldsOf(call, await client.call(call, args, options))
  return {
    results: page.list('results', (result) => ({
      chunkIndex: result.number('chunkIndex'),
      input: result.json('input'),
      result: result.json('result'),
      storedBytes: result.orNull('storedBytes', result.number),
      resultHash: result.text('resultHash'),
      verdict: result.oneOf('verdict', ['unchecked', 'valid', 'invalid', 'inconclusive']),
      provider: result.text('provider'),
      attempt: result.number('attempt'),
      acceptedAt: result.text('acceptedAt'),
      reward: result.amount('reward'),
    })),
    next: page.orNull('next', page.number),
  }
}
