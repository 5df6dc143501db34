import { sha256Hex, UnexpectedAnswerError } from '@oblivion/core'
import { type GetProgramParameters, getProgram, type StoredProgram } from '../actions/getProgram.ts'
import type { Client } from '../Client.ts'
import { tryAgain } from '../tryAgain.ts'

/**
 * `getProgram` for whoever keeps what comes: held against its hash, and asked for again where it did not come.
 *
 * @throws {UnexpectedAnswerError} `OB105` where the bytes have another hash; what `getProgram` throws.
 * @example
 * const { kind, source } = await readProgram(client, { hash })
 */
export const readProgram = async (client: Client, parameters: GetProgramParameters): Promise<StoredProgram> => {
  const program = await tryAgain(() => getProgram(client, parameters), parameters.signal)
  if (sha256Hex(program.source) !== parameters.hash)
    throw new UnexpectedAnswerError({ values: { call: 'get_program', field: 'source' } })
  return program
}
