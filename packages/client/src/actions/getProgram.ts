import { UnexpectedAnswerError } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface GetProgramParameters extends CallOptions {
  /** SHA-256 of the program's bytes, lower-case hex. */
  readonly hash: string
}

export interface StoredProgram {
  readonly kind: 'js' | 'wasm'
  /** UTF-8 text of an ES module, or a WebAssembly module. Not checked against the hash here. */
  readonly source: Uint8Array<ArrayBuffer>
}

/**
 * A customer's program, for a node that is to run it or a wallet that wants to read it.
 *
 * @throws {ProgramNotFoundError} `OB065`, {NotSignedInError} `OB001`, and what `Client.call` throws.
 * @example
 * const { source } = await getProgram(client, { hash })
 */
export const getProgram = async (client: Client, parameters: GetProgramParameters): Promise<StoredProgram> => {
  const { hash, ...options } = parameters
  const call = 'get_program'
  const answer = fieldsOf(call, await client.call(call, { p_hash: hash }, options))
  let binary: string
  try {
    binary = atob(answer.text('source'))
  } catch (cause) {
    throw new UnexpectedAnswerError({ values: { call, field: 'source' }, cause })
  }
  return {
    kind: answer.oneOf('kind', ['js', 'wasm']),
    source: Uint8Array.from(binary, (letter) => letter.charCodeAt(0)),
  }
}
