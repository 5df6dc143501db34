import {
  ForbiddenError,
  FunctionMissingError,
  NotSignedInError,
  type OblivionError,
  type OblivionErrorOptions,
  RequestRefusedError,
  SessionRejectedError,
} from '@oblivion/core'

/** PostgREST's error body, as far as it is one: a proxy in front may have answered in its place. */
export interface RefusalBody {
  readonly code?: unknown
  readonly message?: unknown
  readonly details?: unknown
  readonly hint?: unknown
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const valuesOf = (details: string | null): Record<string, unknown> => {
  if (details === null) return {}
  try {
    const values: unknown = JSON.parse(details)
    return typeof values === 'object' && values !== null && !Array.isArray(values)
      ? (values as Record<string, unknown>)
      : {}
  } catch {
    // Details of an error that is not ours are prose.
    return {}
  }
}

/** Makes an error of a code of the server's, or null where it is none. */
export type ErrorFromCode = (code: string, options: OblivionErrorOptions) => OblivionError | null

/**
 * The error for a refusal, by its code: ours from SQL first, then what PostgREST itself says of sessions and functions
 * (https://docs.postgrest.org/en/stable/references/errors.html), then one that keeps everything that was said.
 */
export const errorFromAnswer = (
  call: string,
  status: number,
  body: RefusalBody,
  errorFromCode: ErrorFromCode,
): OblivionError => {
  const serverCode = textOrNull(body.code)
  const details = textOrNull(body.details)
  const message = textOrNull(body.message) ?? undefined
  const hint = textOrNull(body.hint) ?? undefined
  const ours = serverCode && errorFromCode(serverCode, { message, hint, values: valuesOf(details) })
  if (ours) return ours
  // PGRST301 to 303: the token cannot be read, is missing, or its claims are refused, expiry included. A bare 401 is the
  // same from a gateway in front; one with words and no code is about the API key, and signing in again would not help.
  if (/^PGRST30[123]$/.test(serverCode ?? '') || (status === 401 && serverCode === null && message === undefined)) {
    return new SessionRejectedError({ values: { call, serverCode }, cause: body })
  }
  // Not granted to this role: PostgREST answers 401 to a caller without a session and 403 to one with.
  if (serverCode === '42501') {
    return new (status === 401 ? NotSignedInError : ForbiddenError)({ message, hint, cause: body })
  }
  if (serverCode === 'PGRST202') return new FunctionMissingError({ values: { call }, cause: body })
  return new RequestRefusedError({ message, hint, values: { call, status, serverCode, details }, cause: body })
}
