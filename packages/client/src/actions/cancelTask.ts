import type { CancelledTask } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { taskStatuses } from '../answers/readTaskSummary.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface CancelTaskParameters extends CallOptions {
  readonly taskId: string
}

/**
 * Ends a task of the caller: chunks that wait are cancelled and what they held comes back. Safe to repeat.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 */
export const cancelTask = async (client: Client, parameters: CancelTaskParameters): Promise<CancelledTask> => {
  const { taskId, ...options } = parameters
  const call = 'cancel_task'
  const answer = fieldsOf(call, await client.call(call, { p_task_id: taskId }, options))
  return { status: answer.oneOf('status', taskStatuses), refunded: answer.amount('refunded') }
}
