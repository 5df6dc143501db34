import { CallAbortedError, CallTimeoutError, errorFromCode, NetworkUnreachableError } from '@oblivion/core'
import type { Client } from './Client.ts'
import { errorFromAnswer, type RefusalBody } from './errorFromAnswer.ts'

interface SupabaseAnswer {
  readonly data: unknown
  readonly error: RefusalBody | null
  readonly status: number
}

/** As much of a supabase-js client as is used here; the package itself is 59 kB gzip and stays with the app. */
export interface SupabaseLike {
  rpc(name: string, args: Record<string, unknown>): { abortSignal(signal: AbortSignal): PromiseLike<SupabaseAnswer> }
}

/**
 * A client that calls through an app's supabase-js client and so shares its session and its token refresh.
 *
 * `keepalive` has no effect: supabase-js cannot be told so per call.
 *
 * @example
 * const client = clientFromSupabase(createSupabaseClient(supabaseUrl, supabaseKey))
 * const balance = await myBalance(client)
 */
export const clientFromSupabase = (supabase: SupabaseLike): Client => ({
  call: async (name, args, { signal, deadlineMs = 15_000 } = {}) => {
    const deadline = AbortSignal.timeout(deadlineMs)
    const ends = signal ? AbortSignal.any([signal, deadline]) : deadline
    let answer: SupabaseAnswer
    try {
      answer = await supabase.rpc(name, { ...args }).abortSignal(ends)
    } catch (cause) {
      answer = { data: null, error: { message: String(cause) }, status: 0 }
    }
    const { data, error, status } = answer
    if (error === null) return data ?? null
    // supabase-js turns what fetch throws into an answer with status 0.
    if (signal?.aborted) throw new CallAbortedError({ values: { call: name }, cause: error })
    if (deadline.aborted) {
      throw new CallTimeoutError({ values: { call: name, milliseconds: deadlineMs }, cause: error })
    }
    if (status === 0) throw new NetworkUnreachableError({ values: { call: name }, cause: error })
    throw errorFromAnswer(name, status, error, errorFromCode)
  },
})
