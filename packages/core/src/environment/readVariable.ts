import { VariableInvalidError, VariableMissingError } from '../errors/valueErrors.ts'
import { environmentTable, type VariableName } from './environmentTable.ts'
import type { Variable } from './Variable.ts'

/** `process.env`, or anything like it: core has no environment of its own. */
export interface Environment {
  readonly [name: string]: string | undefined
}

type Table = typeof environmentTable

/** What a variable is once parsed. */
export type VariableValue<N extends VariableName> = ReturnType<Table[N]['parse']>

/** Null only where the table gives no default. */
export type OptionalVariableValue<N extends VariableName> =
  | VariableValue<N>
  | (Table[N]['default'] extends null ? null : never)

/**
 * One variable of the table, parsed, by another name of it where it is unset or empty; its default where that is so of
 * each; null where there is no default either.
 *
 * @throws {VariableInvalidError} `OB112`, which names the variable and says what is wrong, and does not repeat its
 *   value: it may be a secret.
 * @example
 * readVariable(process.env, 'GATEWAY_PORT') // 54321
 */
export const readVariable = <N extends VariableName>(environment: Environment, name: N): OptionalVariableValue<N> => {
  const variable: Variable<unknown> = environmentTable[name]
  const names = [name, ...(variable.alsoReadAs ?? [])]
  const given = names.find((each) => (environment[each]?.trim() ?? '') !== '')
  const value = given === undefined ? variable.default : (environment[given]?.trim() ?? null)
  if (value === null) return null as OptionalVariableValue<N>
  try {
    return variable.parse(value) as OptionalVariableValue<N>
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'cannot be read'
    throw new VariableInvalidError({
      message: `The environment variable ${given ?? name} ${reason}.`,
      values: { variable: given ?? name, reason },
      cause,
    })
  }
}

/**
 * The same for a variable that has to be there.
 *
 * @throws {VariableMissingError} `OB113` where it is unset and has no default.
 * @throws {VariableInvalidError} `OB112` as above.
 */
export const requireVariable = <N extends VariableName>(environment: Environment, name: N): VariableValue<N> => {
  const value = readVariable(environment, name)
  if (value !== null) return value as VariableValue<N>
  const { meaning } = environmentTable[name]
  throw new VariableMissingError({
    message: `The environment variable ${name} is not set.`,
    hint: `Set it. ${meaning}`,
    values: { variable: name, meaning },
  })
}
