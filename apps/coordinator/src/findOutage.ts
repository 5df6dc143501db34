import { BaseError } from 'viem'
import { OutageError } from './OutageError.ts'

/** The outage behind an error, however deep viem has wrapped it; null where something else is wrong. */
export function findOutage(error: unknown): OutageError | null {
  if (error instanceof OutageError) return error
  const cause = error instanceof BaseError ? error.walk((inner) => inner instanceof OutageError) : null
  return cause instanceof OutageError ? cause : null
}
