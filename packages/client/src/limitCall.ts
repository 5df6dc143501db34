import { CallAbortedError, CallTimeoutError, type OblivionError } from '@oblivion/core'

/**
 * Ends a call in time.
 *
 * @returns The signal that ends it, and what makes the error of a call that has ended so: `CallAbortedError` where its caller
 *   gave it up, `CallTimeoutError` after its deadline; null where it was neither.
 */
export const limitCall = (
  call: string,
  deadlineMs: number,
  signal?: AbortSignal,
): readonly [ends: AbortSignal, endedBy: (cause: unknown) => OblivionError | null] => {
  const deadline = AbortSignal.timeout(deadlineMs)
  return [
    signal ? AbortSignal.any([signal, deadline]) : deadline,
    (cause) => {
      if (signal?.aborted) return new CallAbortedError({ values: { call }, cause })
      return deadline.aborted ? new CallTimeoutError({ values: { call, milliseconds: deadlineMs }, cause }) : null
    },
  ]
}
