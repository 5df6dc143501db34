import type { PausedTask } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { taskStatuses } from '../answers/readTaskSummary.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface PauseTaskParameters extends CallOptions {
  readonly taskId: string
}

/**
 * Keeps nodes from claiming more of a task of the caller's: what runs ends and is paid, the budget stays held. Safe to
 * repeat; a task that has ended stays as it is.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 */
export const pauseTask = async (client: Client, parameters: PauseTaskParameters): Promise<PausedTask> => {
  const { taskId, ...options } = parameters
  const call = 'pause_task'
  const answer = fieldsOf(call, await client.call(call, { p_task_id: taskId }, options))
  return { status: answer.oneOf('status', taskStatuses) }
}
