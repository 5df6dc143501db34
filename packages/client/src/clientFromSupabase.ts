import { errorFromCode, NetworkUnreachableError } from '@oblivion/core'
import type { Client } from './Client.ts'
import { errorFromAnswer, type RefusalBody } from './errorFromAnswer.ts'
import { limitCall } from './limitCall.ts'
import { defaultDeadlineMs } from './openClient.ts'
import { orAborted } from './orAborted.ts'

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
  call: async (name, args, { signal, deadlineMs = defaultDeadlineMs } = {}) => {
    const [ends, endedBy] = limitCall(name, deadlineMs, signal)
    let answer: SupabaseAnswer
    try {
      // Its signal ends the request alone: before that supabase-js refreshes the session, however long that takes.
      answer = await orAborted(supabase.rpc(name, { ...args }).abortSignal(ends), ends)
    } catch (cause) {
      answer = { data: null, error: { message: String(cause) }, status: 0 }
    }
    const { data, error, status } = answer
    if (error === null) return data ?? null
    // supabase-js turns what fetch throws into an answer with status 0.
    const ended = endedBy(error)
    if (ended !== null) throw ended
    if (status === 0) throw new NetworkUnreachableError({ values: { call: name }, cause: error })
    throw errorFromAnswer(name, status, isPage(error) ? {} : error, errorFromCode)
  },
})

/** A proxy's page, which supabase-js takes for a sentence. */
const isPage = ({ message }: RefusalBody): boolean => typeof message === 'string' && message.trimStart().startsWith('<')
