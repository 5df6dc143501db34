import {
  CallTimeoutError,
  type ErrorCode,
  NetworkUnreachableError,
  type OblivionError,
  RequestRefusedError,
} from '@oblivion/core'

const hint =
  'It may be posted all the same: look among your tasks before you post it again, or it is computed and paid twice.'

/**
 * Throws the error of a call that posts, for `catch`. Where no answer came the task may be there, and what is said of other
 * calls, to repeat them, would pay it twice.
 */
export const maybePosted = (cause: unknown): never => {
  if (cause instanceof NetworkUnreachableError) throw new NetworkUnreachableError(withHint(cause))
  if (cause instanceof CallTimeoutError) throw new CallTimeoutError(withHint(cause))
  // A proxy's word for a server that it heard nothing of: what the server refuses has a code.
  if (cause instanceof RequestRefusedError && !cause.values.serverCode && (cause.values.status ?? 0) >= 502)
    throw new RequestRefusedError(withHint(cause))
  throw cause
}

const withHint = <C extends ErrorCode>(cause: OblivionError<C>) => ({
  message: cause.shortMessage,
  hint,
  values: cause.values,
  cause,
})
