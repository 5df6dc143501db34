import { type InputFile, type InputFormat, inputFormat, readInputFile } from '@oblivion/client'
import { InvalidInputError, inputLimits } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'
import { readPath } from './readPath.ts'

/**
 * A file of inputs by its name: a `.json` list, a `.csv`, or else one JSON value a line, as `-` from a pipe.
 *
 * @throws {UsageError} where it cannot be read, or holds no inputs of that kind.
 */
export const readInputs = async (path: string): Promise<InputFile> =>
  inputsOf(path, new Blob([await readPath(path)]), inputFormat(path))

/** As `readInputs`, of what is here already; `name` stands in what is said of it. */
export const inputsOf = async (name: string, content: Blob, format: InputFormat): Promise<InputFile> => {
  try {
    return await readInputFile(content, { format, listBytes: inputLimits.file })
  } catch (error) {
    throw error instanceof InvalidInputError ? new UsageError(`${name}: ${error.shortMessage}`) : error
  }
}
