import { InvalidInputError } from '@oblivion/core'
import { errorSentence } from '../shell/errorSentence.ts'

/** Why the inputs of a file could not be posted, in a sentence or two. */
export function fileProblem(error: unknown): string {
  if (error instanceof InvalidInputError) return error.shortMessage
  const { title, hint } = errorSentence(error, 'Storing the chunks')
  return `${title} ${hint} Nothing was posted. Post again to go on: what was stored is not sent twice.`
}
