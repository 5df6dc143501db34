import type { FailurePage } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface TaskFailuresParameters extends CallOptions {
  readonly taskId: string
  /** Only chunks with a higher index; all where absent. */
  readonly after?: number | undefined
  /** At most this many chunks; 100 where absent. */
  readonly limit?: number | undefined
}

/**
 * What the program of one of the caller's tasks threw, by ascending chunk: only what two owners reported alike, which is paid.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 * @example
 * const { failures } = await taskFailures(client, { taskId })
 * for (const { chunkIndex, error } of failures) console.log(chunkIndex, error)
 */
export const taskFailures = async (client: Client, parameters: TaskFailuresParameters): Promise<FailurePage> => {
  const { taskId, after = -1, limit = 100, ...options } = parameters
  const call = 'task_failures'
  const args = { p_task_id: taskId, p_after: after, p_limit: limit } satisfies FunctionArguments<'task_failures'>
  const page = fieldsOf(call, await client.call(call, args, options))
  return {
    failures: page.list('failures', (failure) => ({
      chunkIndex: failure.number('chunkIndex'),
      stage: failure.number('stage'),
      error: failure.text('error'),
      errorHash: failure.text('errorHash'),
      provider: failure.text('provider'),
      attempt: failure.number('attempt'),
      failedAt: failure.text('failedAt'),
      reward: failure.amount('reward'),
    })),
    next: page.orNull('next', page.number),
  }
}
