/** The states of a job in the queue, seen from its chunk; the sources' words. */
export type ChunkState = 'blocked' | 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled'

/** One letter a chunk: 10,000 chunks of a task are 10 kB instead of 120. */
export type ChunkLetter = 'b' | 'p' | 'r' | 'c' | 'f' | 'x'

const states = {
  b: 'blocked',
  p: 'pending',
  r: 'processing',
  c: 'completed',
  f: 'failed',
  x: 'cancelled',
} as const satisfies { readonly [L in ChunkLetter]: ChunkState }

const letters = {
  blocked: 'b',
  pending: 'p',
  processing: 'r',
  completed: 'c',
  failed: 'f',
  cancelled: 'x',
} as const satisfies { readonly [S in ChunkState]: ChunkLetter }

/** The word for a letter of `TaskView.chunks`; null for a letter that means nothing. */
export const chunkStateOf = (letter: string): ChunkState | null =>
  Object.hasOwn(states, letter) ? states[letter as ChunkLetter] : null

/** The letter that stands for a state in `TaskView.chunks`. */
export const chunkLetterOf = (state: ChunkState): ChunkLetter => letters[state]
