import type { InputPage } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface TaskInputsParameters extends CallOptions {
  readonly taskId: string
  /** Only chunks with a higher index; all where absent. */
  readonly after?: number | undefined
  /** At most this many; 100 where absent. */
  readonly limit?: number | undefined
}

/**
 * The inputs of one of the caller's tasks by ascending chunk, as they were posted. What a cancelled task had not planned
 * yet is not kept.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 * @example
 * const { inputs, next } = await taskInputs(client, { taskId, after: 99 })
 */
export const taskInputs = async (client: Client, parameters: TaskInputsParameters): Promise<InputPage> => {
  const { taskId, after = -1, limit = 100, ...options } = parameters
  const call = 'task_inputs'
  const args = { p_task_id: taskId, p_after: after, p_limit: limit } satisfies FunctionArguments<'task_inputs'>
  const page = fieldsOf(call, await client.call(call, args, options))
  return {
    inputs: page.list('inputs', (input) => ({ chunkIndex: input.number('chunkIndex'), input: input.json('input') })),
    next: page.orNull('next', page.number),
  }
}
