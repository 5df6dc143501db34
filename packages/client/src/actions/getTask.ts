import type { TaskView } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readTaskForecast } from '../answers/readTaskForecast.ts'
import { readTaskSummary } from '../answers/readTaskSummary.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface GetTaskParameters extends CallOptions {
  readonly taskId: string
}

/**
 * One of the caller's tasks with the state of each chunk.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 */
export const getTask = async (client: Client, parameters: GetTaskParameters): Promise<TaskView> => {
  const { taskId, ...options } = parameters
  const call = 'get_task'
  const task = fieldsOf(call, await client.call(call, { p_task_id: taskId }, options))
  return {
    ...readTaskSummary(task),
    chunks: task.text('chunks'),
    forecast: task.orNull('forecast', (name) => readTaskForecast(task.object(name))),
  }
}
