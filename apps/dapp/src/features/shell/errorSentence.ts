import { type ErrorCode, OblivionError } from '@oblivion/core'

export type ErrorSentence = { title: string; hint: string; details: string }

/** Hints of the server that speak to programs, in the words of a screen. */
const hints: Partial<Record<ErrorCode, string>> = {
  OB008: 'It may belong to another wallet, or the link is mistyped.',
}

/**
 * Any error in the words of a screen: what happened, what to do, and the technical text for whoever unfolds it.
 * An error of ours brings its own sentence; of a foreign one we say what was tried and fold its text.
 *
 * @param tried What was tried, as the beginning of a sentence: 'Signing in'.
 */
export function errorSentence(error: unknown, tried: string): ErrorSentence {
  if (error instanceof OblivionError) {
    const cause = error.cause instanceof Error ? `\n${error.cause.message}` : ''
    return {
      title: error.shortMessage,
      hint: hints[error.code as ErrorCode] ?? error.hint,
      details: `${error.code}${cause}`,
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    title: `${tried} failed.`,
    hint: `The reason that was given: ${message.split('\n', 1)[0]}`,
    details: message,
  }
}
