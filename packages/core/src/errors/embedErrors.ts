import { OblivionError, type OblivionErrorOptions } from './OblivionError.ts'
import type { Reason } from './Reason.ts'

// Errors of a worker that is embedded in somebody else's page.

export const consentRefused = {
  code: 'OB280',
  name: 'consent_refused',
  sentence: 'The visitor said no, and that is remembered.',
  hint: 'Respect it: the visitor alone can change it, in the worker’s own frame.',
} as const satisfies Reason<'OB280'>

export class ConsentRefusedError extends OblivionError<'OB280'> {
  override name = 'ConsentRefusedError'
  constructor(options?: OblivionErrorOptions<'OB280'>) {
    super(consentRefused, options)
  }
}

export const wrongSite = {
  code: 'OB281',
  name: 'wrong_site',
  sentence: 'This page, or one around it, is not among the origins of the site key.',
  hint: 'Add its origin to the site on the dApp’s Embed page.',
} as const satisfies Reason<'OB281'>

export class WrongSiteError extends OblivionError<'OB281'> {
  override name = 'WrongSiteError'
  constructor(options?: OblivionErrorOptions<'OB281'>) {
    super(wrongSite, options)
  }
}

export const consentBlocked = {
  code: 'OB282',
  name: 'consent_blocked',
  sentence: 'This browser asks for consent in a window of its own, and the window could not open or answer.',
  hint: 'Allow the window. A page with Cross-Origin-Opener-Policy: same-origin needs same-origin-allow-popups.',
} as const satisfies Reason<'OB282'>

export class ConsentBlockedError extends OblivionError<'OB282'> {
  override name = 'ConsentBlockedError'
  constructor(options?: OblivionErrorOptions<'OB282'>) {
    super(consentBlocked, options)
  }
}

export const policyForbids = {
  code: 'OB283',
  name: 'policy_forbids',
  sentence: 'The page’s own headers forbid the worker’s frame.',
  hint: 'Add what the values name to the Content-Security-Policy header of the page.',
} as const satisfies Reason<'OB283'>

export class PolicyForbidsError extends OblivionError<'OB283'> {
  override name = 'PolicyForbidsError'
  constructor(options?: OblivionErrorOptions<'OB283'>) {
    super(policyForbids, options)
  }
}
