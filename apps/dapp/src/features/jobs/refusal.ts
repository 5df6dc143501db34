import { type ErrorCode, OblivionError } from '@oblivion/core'
import { formatAmount } from '../format/formatAmount.ts'

/** What the server would not take: where it stands in the task, and why. */
export type Refusal = { field: string; problem: string; error: OblivionError }

/** Why the server would not take a field, by the last of its names; null where it has said nothing of it. */
export type Refused = (field: string) => string | null

/**
 * The field of which an error speaks, so that it is told there and not at the edge of the screen; null where it speaks of
 * none.
 */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof OblivionError)) return null
  const { field, reason, min, max, what } = error.values as Record<string, unknown>
  const problem = `${error.shortMessage} ${error.hint}`.trimEnd()
  switch (error.code as ErrorCode) {
    case 'OB005':
    case 'OB006':
      return typeof field === 'string'
        ? { field, problem: boundsOf(field, reason, [min, max]) ?? problem, error }
        : null
    case 'OB014':
      return what === 'chunks' ? { field: 'inputs', problem, error } : null
    default:
      return null
  }
}

/** Of a price, whose least depends on the longest run; the server says both in the smallest unit. */
function boundsOf(field: string, reason: unknown, bounds: readonly unknown[]): string | null {
  const priced = field === 'pricePerChunk' || field === 'maxPricePerChunk'
  if (!priced || reason !== 'range' || !bounds.every((bound) => /^\d+$/.test(String(bound)))) return null
  const [least, most] = bounds.map((bound) => formatAmount(String(bound)))
  return `The network takes from ${least} to ${most} for a run of this length.`
}
