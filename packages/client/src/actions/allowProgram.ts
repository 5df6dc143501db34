import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface AllowProgramParameters extends CallOptions {
  /** A built-in's name, or `sha256:<hash>`. */
  readonly program: string
}

/**
 * As an operator: takes `stopProgram` back. Answers how many tasks go on.
 *
 * @throws {NotSignedInError} `OB001`, {ForbiddenError} `OB018`, and what `Client.call` throws.
 */
export const allowProgram = async (client: Client, parameters: AllowProgramParameters): Promise<number> => {
  const { program, ...options } = parameters
  const call = 'operator_allow_program'
  return fieldsOf(call, await client.call(call, { p_program: program }, options)).number('tasks')
}
