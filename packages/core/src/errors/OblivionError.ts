import type { ErrorCode } from './errorCode.ts'
import type { ErrorValues } from './errorValues.ts'
import type { Reason } from './Reason.ts'

export interface OblivionErrorOptions<C extends ErrorCode = ErrorCode> {
  /** The sentence to show instead of the reason's own, such as the server's with its figures in it. */
  readonly message?: string | undefined
  /** What the reader can do, instead of the reason's own. */
  readonly hint?: string | undefined
  /** The facts behind the sentence, as fields. What came over the wire may lack some. */
  readonly values?: Partial<ErrorValues[C]> | undefined
  /** What was caught on the way, kept for whoever looks into it. */
  readonly cause?: unknown
}

/**
 * The root of every error that Oblivion throws. Branch on `code`, show `shortMessage` and `hint`, log `message`,
 * which has all of it.
 *
 * Sentences of the server's reasons (`OB0xx`) travel with each answer, so the classes carry only the code: the whole
 * catalogue would cost the in-tab worker a tenth of its 15 kB.
 *
 * @example
 * try {
 *   await createTask(client, { task })
 * } catch (error) {
 *   if (error instanceof OblivionError && error.code === 'OB007') showTopUp(error.values)
 *   else throw error
 * }
 */
export class OblivionError<C extends ErrorCode = ErrorCode> extends Error {
  override name = 'OblivionError'
  readonly code: C
  /** One sentence: what happened. */
  readonly shortMessage: string
  /** One sentence: what to do; empty where there is nothing to do. */
  readonly hint: string
  readonly values: Partial<ErrorValues[C]>

  constructor(reason: Pick<Reason<C>, 'code'> & Partial<Reason<C>>, options: OblivionErrorOptions<C> = {}) {
    const shortMessage = options.message ?? reason.sentence ?? reason.code
    const hint = options.hint ?? reason.hint ?? ''
    const values = options.values ?? {}
    // The facts go into the text for the log, where nobody unfolds fields.
    const facts = Object.keys(values).length > 0 ? ` ${JSON.stringify(values)}` : ''
    super(
      `${shortMessage}${hint && ` ${hint}`} [${reason.code}${facts}]`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = reason.code
    this.shortMessage = shortMessage
    this.hint = hint
    this.values = values
  }

  /** Where the reason is explained, relative to the root of the repository. */
  get docsPath(): string {
    return `docs/errors.md#${this.code.toLowerCase()}`
  }
}
