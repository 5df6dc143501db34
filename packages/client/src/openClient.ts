import { NetworkUnreachableError, UnexpectedAnswerError } from '@oblivion/core'
import type { CallOptions, Client } from './Client.ts'
import { type ErrorFromCode, errorFromAnswer, type RefusalBody } from './errorFromAnswer.ts'
import { limitCall } from './limitCall.ts'

/** Longer than the longest statement the server allows (8 s), short enough that a lost packet does not idle a node. */
export const defaultDeadlineMs = 15_000

export interface ClientOptions {
  /** Base URL of the Supabase project or of the local stack, without a path. */
  readonly supabaseUrl: string
  /** The project's public (anon) key. */
  readonly supabaseKey: string
  /** The access token of a wallet's session, asked for before every call so that a refreshed one is used; null: none. */
  readonly accessToken?: (() => Promise<string | null>) | undefined
  /** A node's own key (`Registration.nodeSecret`), by which it acts without its wallet's session. */
  readonly nodeKey?: string | undefined
  /** A key of `createApiKey`, by which a customer's program acts for its wallet without a session. */
  readonly apiKey?: string | undefined
  /** Instead of the global one. */
  readonly fetch?: typeof fetch | undefined
}

/** `createClient` without what not everybody needs: the errors of the server's reasons, and a session's token. */
export const openClient = (
  options: Pick<ClientOptions, 'supabaseUrl' | 'supabaseKey' | 'fetch'>,
  /** Headers by which the caller acts. */
  keys: Readonly<Record<string, string>>,
  errorFromCode: ErrorFromCode,
  accessToken?: (ends: AbortSignal) => Promise<string | null>,
): Client => {
  const base = `${options.supabaseUrl.replace(/\/+$/, '')}/rest/v1/rpc/`
  // A detached global fetch throws "Illegal invocation" in browsers when it is called as a method of something else.
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))

  return {
    call: async (name, args, { signal, deadlineMs = defaultDeadlineMs, keepalive = false }: CallOptions = {}) => {
      const body = JSON.stringify(args)
      const [ends, endedBy] = limitCall(name, deadlineMs, signal)

      let token: string | null | undefined
      try {
        token = await accessToken?.(ends)
      } catch (cause) {
        throw endedBy(cause) ?? cause
      }

      const headers = {
        ...keys,
        'content-type': 'application/json',
        apikey: options.supabaseKey,
        authorization: `Bearer ${token ?? options.supabaseKey}`,
      }

      let response: Response
      let text: string
      try {
        response = await send(base + encodeURIComponent(name), {
          method: 'POST',
          headers,
          body,
          keepalive,
          signal: ends,
          credentials: 'omit',
          redirect: 'error',
          referrerPolicy: 'no-referrer',
          cache: 'no-store',
        })
        text = await response.text()
      } catch (cause) {
        throw endedBy(cause) ?? new NetworkUnreachableError({ values: { call: name }, cause })
      }
      return settle(name, response, text, errorFromCode)
    },
  }
}

/** The answer of a successful call, or the error of a refused one. */
const settle = (name: string, { ok, status }: Response, text: string, errorFromCode: ErrorFromCode): unknown => {
  let value: unknown = null
  try {
    // A function that returns void answers 204 and no body.
    value = text === '' ? null : JSON.parse(text)
  } catch (cause) {
    if (ok) throw new UnexpectedAnswerError({ values: { call: name, field: '' }, cause })
    // A refusal by something else than PostgREST: the status says all that can be told.
  }
  if (ok) return value
  throw errorFromAnswer(
    name,
    status,
    typeof value === 'object' && value !== null ? (value as RefusalBody) : {},
    errorFromCode,
  )
}
