import type { JobStatus } from '@oblivion/core'

/** In the order of a chunk's life, as bars and legends show them. */
export const chunkStates = [
  'completed',
  'processing',
  'pending',
  'blocked',
  'failed',
  'cancelled',
] as const satisfies readonly JobStatus[]

/** How a state is called on screen. */
export const chunkWords: Record<JobStatus, string> = {
  completed: 'Done',
  processing: 'In work',
  pending: 'Waiting',
  blocked: 'Blocked',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** The fill of a state in a bar. */
export const chunkFills: Record<JobStatus, string> = {
  completed: 'bg-work',
  processing: 'bg-work hatch',
  pending: 'bg-line-strong',
  blocked: 'bg-line',
  failed: 'bg-fail',
  cancelled: 'bg-line hatch',
}
