/** What a program may use besides its input. */
export interface ProgramContext {
  /**
   * How much is done, 0 to 1. Cheap to call often: a flood is merged into a few reports a second, and this is where the
   * worker rests to keep its share of the processor. Awaiting it lets the worker pause here; a program that never does is
   * ended and given back when the machine is needed.
   */
  readonly progress: (fraction: number) => unknown
  /**
   * Keeps a JSON value of at most 1,048,576 characters of text from which another run of this chunk can go on; the latest
   * one counts.
   */
  readonly checkpoint: (state: unknown) => void
  /** The latest checkpoint of an earlier run of this chunk, or null. */
  readonly resumed: unknown
  /** A number in [0, 1); the sequence is the same wherever this chunk is computed. */
  readonly random: () => number
  /** Aborted once the result is no longer wanted. In a browser the thread is ended instead, and nothing is left to see it. */
  readonly signal: { readonly aborted: boolean }
}

/**
 * A program: JSON in, JSON out, and nothing else. It runs in a sandbox without network, storage, clock or other randomness,
 * and the same input must give the same bytes everywhere, since results are compared by their hash.
 */
export type Program = (input: unknown, context: ProgramContext) => unknown
