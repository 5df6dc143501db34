import type { TaskSummary } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import { readTaskSummary } from '../answers/readTaskSummary.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface ListTasksParameters extends CallOptions {
  /** At most this many, the newest first; 50 where absent. */
  readonly limit?: number | undefined
}

/**
 * The caller's own tasks.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const listTasks = async (client: Client, parameters: ListTasksParameters = {}): Promise<TaskSummary[]> => {
  const { limit = 50, ...options } = parameters
  const call = 'list_tasks'
  return readList(call, await client.call(call, { p_limit: limit }, options), readTaskSummary)
}
