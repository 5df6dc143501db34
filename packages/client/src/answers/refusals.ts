import type { DoneRefusal } from '@oblivion/core'

/** Why a report was not taken. */
export const refusals = [
  'stale_attempt',
  'hash_mismatch',
  'result_too_large',
  'cancelled',
  'job_not_found',
] as const satisfies readonly DoneRefusal[]
