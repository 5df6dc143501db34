import type { ErrorCode, ErrorValues, OblivionErrorOptions, Reason } from '@oblivion/core'

/**
 * In the frame's build this stands in the place of core's `OblivionError`: a code and its values. The page that is told of
 * it has the words, which would cost the worker a hundredth of its size.
 */
export class OblivionError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly values: Partial<ErrorValues[C]>

  constructor({ code }: Pick<Reason<C>, 'code'>, { values = {}, cause }: OblivionErrorOptions<C> = {}) {
    super(code, { cause })
    this.code = code
    this.values = values
  }
}
