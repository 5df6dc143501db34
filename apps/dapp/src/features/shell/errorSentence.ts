import { type ErrorCode, type ErrorValues, OblivionError } from '@oblivion/core'

/** `details` is text as it came, of several lines: to be shown as text, and folded. */
export type ErrorSentence = { title: string; hint: string; details: string }

/** Longer than any value that says something, and short enough to be looked through. */
const MAX_VALUE = 500

/**
 * Hints that speak to programs, or point at the values, in the words of a screen: a notice at its edge has no details to
 * unfold. Null where the values do not say it, and the error's own hint has to do.
 */
const hints: { readonly [C in ErrorCode]?: (values: Partial<ErrorValues[C]>) => string | null } = {
  OB008: () => 'It may belong to another wallet, or the link is mistyped.',
  OB104: ({ status, serverCode, details }) =>
    status === undefined
      ? null
      : `It answered ${status}${serverCode ? `, ${cut(serverCode)}` : ''}${details ? `: ${cut(details)}` : '.'}`,
  OB205: ({ text }) => (text ? `It says: ${cut(text)}` : null),
  OB303: ({ reason }) => (reason ? `The contract says: ${cut(reason)}` : null),
}

/** The first line, and no more of it than fits a notice. */
const cut = (text: string): string => {
  const [line = ''] = text.split('\n', 1)
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}

/**
 * Any error in the words of a screen: what happened, what to do, and the technical text for whoever unfolds it.
 * An error of ours brings its own sentence; of a foreign one we say what was tried and fold its text.
 *
 * @param tried What was tried, as the beginning of a sentence: 'Signing in'.
 */
export function errorSentence(error: unknown, tried: string): ErrorSentence {
  if (error instanceof OblivionError) {
    const { code, shortMessage, hint, values } = error as OblivionError
    const onScreen = (hints[code] as ((values: object) => string | null) | undefined)?.(values) ?? null
    return {
      title: shortMessage,
      hint: onScreen ?? hint,
      details: [code, ...valueLines(values), ...(error.cause instanceof Error ? [error.cause.message] : [])].join('\n'),
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    title: `${tried} failed.`,
    hint: `The reason that was given: ${message.split('\n', 1)[0]}`,
    details: message,
  }
}

/** The facts behind the sentence, one a line; what says nothing is left out. */
function valueLines(values: object): string[] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
    if (value === null || value === undefined || value === '') return []
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [`${name}: ${text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text}`]
  })
}
