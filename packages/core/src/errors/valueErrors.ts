import { OblivionError, type OblivionErrorOptions } from './OblivionError.ts'
import type { Reason } from './Reason.ts'

// Errors about values that our own code was given. Each class carries its own sentence, so that a bundle holds
// the sentences of those that it can throw and no others; the catalogue collects them.

export const notJson = {
  code: 'OB110',
  name: 'not_json',
  sentence: 'The value cannot be written as JSON without losing something.',
  hint: 'Return only null, booleans, finite numbers, well-formed strings, arrays and plain objects.',
} as const satisfies Reason<'OB110'>

export class NotJsonError extends OblivionError<'OB110'> {
  override name = 'NotJsonError'
  constructor(options?: OblivionErrorOptions<'OB110'>) {
    super(notJson, options)
  }
}

export const invalidAmount = {
  code: 'OB111',
  name: 'invalid_amount',
  sentence: 'This is not an amount of money.',
  hint: 'Write digits, with a point and at most 6 figures after it, for example 1.5.',
} as const satisfies Reason<'OB111'>

export class InvalidAmountError extends OblivionError<'OB111'> {
  override name = 'InvalidAmountError'
  constructor(options?: OblivionErrorOptions<'OB111'>) {
    super(invalidAmount, options)
  }
}

export const variableInvalid = {
  code: 'OB112',
  name: 'variable_invalid',
  sentence: 'An environment variable has a value that cannot be used.',
  hint: 'Correct or unset the variable that is named in the values.',
} as const satisfies Reason<'OB112'>

export class VariableInvalidError extends OblivionError<'OB112'> {
  override name = 'VariableInvalidError'
  constructor(options?: OblivionErrorOptions<'OB112'>) {
    super(variableInvalid, options)
  }
}

export const variableMissing = {
  code: 'OB113',
  name: 'variable_missing',
  sentence: 'An environment variable that has no default is not set.',
  hint: 'Set the variable that is named in the values.',
} as const satisfies Reason<'OB113'>

export class VariableMissingError extends OblivionError<'OB113'> {
  override name = 'VariableMissingError'
  constructor(options?: OblivionErrorOptions<'OB113'>) {
    super(variableMissing, options)
  }
}

export const illegalTransition = {
  code: 'OB114',
  name: 'illegal_transition',
  sentence: 'The worker cannot do that in the state it is in.',
  hint: 'Look at the state first.',
} as const satisfies Reason<'OB114'>

export class IllegalTransitionError extends OblivionError<'OB114'> {
  override name = 'IllegalTransitionError'
  constructor(options?: OblivionErrorOptions<'OB114'>) {
    super(illegalTransition, options)
  }
}
