import type { Database } from './database.generated.ts'

/** What a single call may be given on top of its arguments. */
export interface CallOptions {
  /** Gives the call up; it then ends with `CallAbortedError`. */
  readonly signal?: AbortSignal | undefined
  /** Gives the call up after this time, in milliseconds, with `CallTimeoutError`; 15,000 by default. */
  readonly deadlineMs?: number | undefined
  /**
   * Lets the request outlive the page that sends it, for the last word on `pagehide`. Browsers take at most 64 kB of
   * body this way.
   */
  readonly keepalive?: boolean | undefined
}

type Functions = Database['public']['Functions']

/** A function of the database's public contract. */
export type FunctionName = keyof Functions

/**
 * The arguments of a function by name: which there are and which may be left out, as generated from the schema, so that
 * a renamed parameter does not compile. Their types stay open, since the generator knows no null and no bigint.
 */
export type FunctionArguments<N extends FunctionName> = { readonly [A in keyof Functions[N]['Args']]: unknown }

/** Calls functions of the database by name. Made by `createClient` or `clientFromSupabase`; actions take it first. */
export interface Client {
  /**
   * @returns What the function answered, parsed from JSON and not looked at yet; null where it answers nothing.
   * @throws {OblivionError} always one of these: a class of the server's reasons (`OB0xx`), `NetworkUnreachableError`,
   *   `CallTimeoutError`, `CallAbortedError`, `SessionRejectedError`, `FunctionMissingError`, `RequestRefusedError` for
   *   any other refusal, `UnexpectedAnswerError` where the answer is not JSON.
   */
  readonly call: <N extends FunctionName>(
    name: N,
    args: FunctionArguments<N>,
    options?: CallOptions,
  ) => Promise<unknown>
}
