import type { ErrorCode } from './errorCode.ts'

/** One row of the catalogue. */
export interface Reason<C extends ErrorCode = ErrorCode> {
  readonly code: C
  /** The reason as a word for SQL, metrics and logs: `snake_case`. */
  readonly name: string
  /** What happened, one sentence. */
  readonly sentence: string
  /** What the reader can do about it, one sentence. */
  readonly hint: string
}
