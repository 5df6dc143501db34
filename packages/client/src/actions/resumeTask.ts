import type { PausedTask } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { taskStatuses } from '../answers/readTaskSummary.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface ResumeTaskParameters extends CallOptions {
  readonly taskId: string
}

/**
 * Lets nodes claim chunks of a paused task of the caller's again. Safe to repeat.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, {SettlementHaltedError} `OB015` where real money pays it,
 *   and what `Client.call` throws.
 */
export const resumeTask = async (client: Client, parameters: ResumeTaskParameters): Promise<PausedTask> => {
  const { taskId, ...options } = parameters
  const call = 'resume_task'
  const answer = fieldsOf(call, await client.call(call, { p_task_id: taskId }, options))
  return { status: answer.oneOf('status', taskStatuses) }
}
