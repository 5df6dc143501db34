import type { JobStatus } from './states.generated.ts'

/** One letter a chunk: the states of 10,000 chunks are 10 kB instead of 120. */
export type ChunkLetter = 'b' | 'p' | 'r' | 'c' | 'f' | 'x'

const states = {
  b: 'blocked',
  p: 'pending',
  r: 'processing',
  c: 'completed',
  f: 'failed',
  x: 'cancelled',
} as const satisfies { readonly [L in ChunkLetter]: JobStatus }

const letters = {
  blocked: 'b',
  pending: 'p',
  processing: 'r',
  completed: 'c',
  failed: 'f',
  cancelled: 'x',
} as const satisfies { readonly [S in JobStatus]: ChunkLetter }

/** The word for a letter of `TaskView.chunks`; null for a letter that means nothing. */
export const chunkStateOf = (letter: string): JobStatus | null =>
  Object.hasOwn(states, letter) ? states[letter as ChunkLetter] : null

/** The letter that stands for a state in `TaskView.chunks`. */
export const chunkLetterOf = (state: JobStatus): ChunkLetter => letters[state]
