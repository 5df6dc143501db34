import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface StopProgramParameters extends CallOptions {
  /** A built-in's name, or `sha256:<hash>`. */
  readonly program: string
  /** 1 to 200 characters; customers of the program read it. */
  readonly reason: string
}

/**
 * As an operator: nobody gets a job of this program any more, its tasks are paused, nodes drop it within 15 s and new
 * tasks with it are refused. Answers how many tasks were paused.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {ForbiddenError} `OB018`, and what `Client.call` throws.
 */
export const stopProgram = async (client: Client, parameters: StopProgramParameters): Promise<number> => {
  const { program, reason, ...options } = parameters
  const call = 'operator_stop_program'
  return fieldsOf(call, await client.call(call, { p_program: program, p_reason: reason }, options)).number('tasks')
}
