import { OblivionError } from '@oblivion/core'
import { StackError } from '../StackError.ts'
import type { Style } from './style.ts'

/** What a person is shown of an error: the sentence and the advice; a stack trace only of what we did not foresee. */
export const describeError = (error: unknown, style: Style): string => {
  if (error instanceof StackError || error instanceof OblivionError) {
    const hint = error.hint ? `\n${style.quiet(error.hint)}` : ''
    return `${style.fail(error.message)}${hint}`
  }
  return style.fail(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

/** Runs a command to its end; what it throws is printed, and the process ends with code 1. */
export const runCommand = async (style: Style, command: () => Promise<void>): Promise<void> => {
  try {
    await command()
  } catch (error) {
    process.stderr.write(`${describeError(error, style)}\n`)
    process.exitCode = 1
  }
}
