import { OblivionError, type OblivionErrorOptions } from './OblivionError.ts'
import type { Reason } from './Reason.ts'

// Errors of a remote call, before or instead of an answer that the server meant. Each class carries its own sentence, so that a bundle holds
// the sentences of those that it can throw and no others; the catalogue collects them.

export const networkUnreachable = {
  code: 'OB101',
  name: 'network_unreachable',
  sentence: 'The server cannot be reached.',
  hint: 'Check the connection; the call can be repeated.',
} as const satisfies Reason<'OB101'>

export class NetworkUnreachableError extends OblivionError<'OB101'> {
  override name = 'NetworkUnreachableError'
  constructor(options?: OblivionErrorOptions<'OB101'>) {
    super(networkUnreachable, options)
  }
}

export const callTimeout = {
  code: 'OB102',
  name: 'call_timeout',
  sentence: 'The server did not answer in time.',
  hint: 'The call may still have taken effect; repeat it, or read the state again first.',
} as const satisfies Reason<'OB102'>

export class CallTimeoutError extends OblivionError<'OB102'> {
  override name = 'CallTimeoutError'
  constructor(options?: OblivionErrorOptions<'OB102'>) {
    super(callTimeout, options)
  }
}

export const callAborted = {
  code: 'OB103',
  name: 'call_aborted',
  sentence: 'The call was given up by its caller.',
  hint: 'Nothing to do.',
} as const satisfies Reason<'OB103'>

export class CallAbortedError extends OblivionError<'OB103'> {
  override name = 'CallAbortedError'
  constructor(options?: OblivionErrorOptions<'OB103'>) {
    super(callAborted, options)
  }
}

export const requestRefused = {
  code: 'OB104',
  name: 'request_refused',
  sentence: 'The server refused the request.',
  hint: 'The values hold its status, code and details.',
} as const satisfies Reason<'OB104'>

export class RequestRefusedError extends OblivionError<'OB104'> {
  override name = 'RequestRefusedError'
  constructor(options?: OblivionErrorOptions<'OB104'>) {
    super(requestRefused, options)
  }
}

export const unexpectedAnswer = {
  code: 'OB105',
  name: 'unexpected_answer',
  sentence: 'The server’s answer does not have the agreed shape.',
  hint: 'Client and database are probably of different versions; update the older one.',
} as const satisfies Reason<'OB105'>

export class UnexpectedAnswerError extends OblivionError<'OB105'> {
  override name = 'UnexpectedAnswerError'
  constructor(options?: OblivionErrorOptions<'OB105'>) {
    super(unexpectedAnswer, options)
  }
}

export const sessionRejected = {
  code: 'OB106',
  name: 'session_rejected',
  sentence: 'The server no longer accepts this session.',
  hint: 'Sign in again.',
} as const satisfies Reason<'OB106'>

export class SessionRejectedError extends OblivionError<'OB106'> {
  override name = 'SessionRejectedError'
  constructor(options?: OblivionErrorOptions<'OB106'>) {
    super(sessionRejected, options)
  }
}

export const functionMissing = {
  code: 'OB107',
  name: 'function_missing',
  sentence: 'The database has no such function for this caller.',
  hint: 'Apply the migrations, and reload the API’s schema cache.',
} as const satisfies Reason<'OB107'>

export class FunctionMissingError extends OblivionError<'OB107'> {
  override name = 'FunctionMissingError'
  constructor(options?: OblivionErrorOptions<'OB107'>) {
    super(functionMissing, options)
  }
}
