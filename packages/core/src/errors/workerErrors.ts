import { OblivionError, type OblivionErrorOptions } from './OblivionError.ts'
import type { Reason } from './Reason.ts'

// Errors of the worker in a tab. Each class carries its own sentence, so that a bundle holds
// the sentences of those that it can throw and no others; the catalogue collects them.

export const workerDied = {
  code: 'OB201',
  name: 'worker_died',
  sentence: 'A part of the worker ended without an answer.',
  hint: 'It is started anew by itself; reload the page if this goes on.',
} as const satisfies Reason<'OB201'>

export class WorkerDiedError extends OblivionError<'OB201'> {
  override name = 'WorkerDiedError'
  constructor(options?: OblivionErrorOptions<'OB201'>) {
    super(workerDied, options)
  }
}

export const bridgeBlocked = {
  code: 'OB202',
  name: 'bridge_blocked',
  sentence: 'The worker’s frame did not load.',
  hint: 'Allow frames and scripts of its origin: a content policy or an extension may block them.',
} as const satisfies Reason<'OB202'>

export class BridgeBlockedError extends OblivionError<'OB202'> {
  override name = 'BridgeBlockedError'
  /** With the frame's origin as `values.url` the hint names it. */
  constructor(options?: OblivionErrorOptions<'OB202'>) {
    const url = options?.values?.url
    const hint = url && `Allow frames and scripts of ${url}: a content policy or an extension may block them.`
    super(bridgeBlocked, { ...(hint ? { hint } : {}), ...options })
  }
}

export const sandboxBlocked = {
  code: 'OB203',
  name: 'sandbox_blocked',
  sentence: 'The sandbox for programs did not load.',
  hint: 'Allow frames of the sandboxUrl in the config.json of the worker’s frame: a policy or an extension may block them.',
} as const satisfies Reason<'OB203'>

export class SandboxBlockedError extends OblivionError<'OB203'> {
  override name = 'SandboxBlockedError'
  constructor(options?: OblivionErrorOptions<'OB203'>) {
    super(sandboxBlocked, options)
  }
}

export const unsupportedBrowser = {
  code: 'OB204',
  name: 'unsupported_browser',
  sentence: 'This browser lacks something that the worker needs.',
  hint: 'Use a current Chromium or Firefox; in Safari it was not tried.',
} as const satisfies Reason<'OB204'>

export class UnsupportedBrowserError extends OblivionError<'OB204'> {
  override name = 'UnsupportedBrowserError'
  constructor(options?: OblivionErrorOptions<'OB204'>) {
    super(unsupportedBrowser, options)
  }
}

export const programFailed = {
  code: 'OB205',
  name: 'program_failed',
  sentence: 'The program threw an error.',
  hint: 'The values hold its first words; correct the program or its input.',
} as const satisfies Reason<'OB205'>

export class ProgramFailedError extends OblivionError<'OB205'> {
  override name = 'ProgramFailedError'
  constructor(options?: OblivionErrorOptions<'OB205'>) {
    super(programFailed, options)
  }
}

export const programUnknown = {
  code: 'OB207',
  name: 'program_unknown',
  sentence: 'This worker does not have the program that the job asks for.',
  hint: 'Reload the page to get the newest programs.',
} as const satisfies Reason<'OB207'>

export class ProgramUnknownError extends OblivionError<'OB207'> {
  override name = 'ProgramUnknownError'
  constructor(options?: OblivionErrorOptions<'OB207'>) {
    super(programUnknown, options)
  }
}

export const programTimeout = {
  code: 'OB208',
  name: 'program_timeout',
  sentence: 'The program ran longer than its job allows.',
  hint: 'Cut the task into smaller chunks, or raise its time limit.',
} as const satisfies Reason<'OB208'>

export class ProgramTimeoutError extends OblivionError<'OB208'> {
  override name = 'ProgramTimeoutError'
  constructor(options?: OblivionErrorOptions<'OB208'>) {
    super(programTimeout, options)
  }
}

export const sandboxDied = {
  code: 'OB209',
  name: 'sandbox_died',
  sentence: 'The sandbox ended while the program ran, as it does when the program takes too much memory.',
  hint: 'Use less memory per chunk; a program that does this to several nodes is stopped.',
} as const satisfies Reason<'OB209'>

export class SandboxDiedError extends OblivionError<'OB209'> {
  override name = 'SandboxDiedError'
  constructor(options?: OblivionErrorOptions<'OB209'>) {
    super(sandboxDied, options)
  }
}
