/** Why the local stack cannot do what it was asked: one code per reason. Branch on it, never on the message. */
export type StackErrorCode =
  | 'already_running'
  | 'binary_missing'
  | 'build_failed'
  | 'child_ended'
  | 'child_not_ready'
  | 'database_refused'
  | 'migration_refused'
  | 'not_for_production'
  | 'unknown_part'
  | 'port_unavailable'
  | 'data_unusable'

/**
 * An error for the person at the terminal: `message` says what happened, `hint` what to do about it.
 *
 * It never carries a secret: both are printed and land in logs.
 */
export class StackError extends Error {
  override name = 'StackError'
  readonly code: StackErrorCode
  readonly hint: string

  constructor(code: StackErrorCode, message: string, hint: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
