import { RequestRefusedError } from '@oblivion/core'
import { errorSentence } from '../shell/errorSentence.ts'
import { InputFileError } from './inputFile.ts'

/** Why the inputs of a file could not be posted, in a sentence or two. */
export function fileProblem(error: unknown): string {
  if (error instanceof InputFileError) return error.message
  const { status } = error instanceof RequestRefusedError ? error.values : { status: undefined }
  // Storage says its policy's no with either; anything else of it has nothing to do with money.
  if (status === 400 || status === 403)
    return 'The chunks were not taken. They are stored for wallets with a free balance, 10,000 of them at most: deposit first, or take more rows a chunk.'
  const { title, hint } = errorSentence(error, 'Storing the chunks')
  return `${title} ${hint} Nothing was posted. Post again to go on: what was stored is not sent twice.`
}
