/** What a program may use besides its input. */
export interface ProgramContext {
  /** How much is done, 0 to 1. Cheap to call often: whoever passes it on merges a flood into a few reports a second. */
  readonly progress: (fraction: number) => void
}

/**
 * A program: JSON in, JSON out, and nothing else. It runs in a sandbox without network, storage, clock or randomness, and
 * the same input must give the same bytes everywhere, since results are compared by their hash.
 */
export type Program = (input: unknown, context: ProgramContext) => unknown
