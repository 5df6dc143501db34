import { type ErrorCode, OblivionError } from '@oblivion/core'
import { bodyLimit } from 'hono/body-limit'

/** What a door answers in place of what was asked for: the database's own form, with the facts as fields. */
export type Refusal = { code: string; message: string; hint: string; values: Record<string, unknown> }

type Status = 400 | 401 | 403 | 404 | 409 | 503

/** What is not said here is a mistake of the caller's: 400. */
const statuses: Partial<Record<ErrorCode, Status>> = {
  ...{ OB001: 401, OB004: 401, OB030: 401, OB106: 401, OB002: 403, OB018: 403, OB031: 403 },
  ...{ OB003: 404, OB008: 404, OB010: 404, OB032: 404, OB040: 404, OB065: 404, OB091: 404 },
  // Right as such, and not as things stand.
  ...{ OB007: 409, OB014: 409, OB033: 409, OB090: 409, OB095: 409, OB096: 409 },
  // Whoever asked may ask again.
  ...{ OB012: 503, OB015: 503, OB101: 503, OB102: 503, OB103: 503, OB104: 503, OB105: 503, OB107: 503 },
}

export const refusal = (
  code: ErrorCode,
  message: string,
  more: { hint?: string; values?: Record<string, unknown> } = {},
): Refusal => ({ code, message, hint: more.hint ?? '', values: more.values ?? {} })

/** How a door answers an error; null for one that says nothing to a caller. */
export function refusalOf(error: unknown): { status: Status; body: Refusal } | null {
  if (!(error instanceof OblivionError)) return null
  const { code, shortMessage, hint, values } = error as OblivionError
  return { status: statuses[code] ?? 400, body: refusal(code, shortMessage, { hint, values }) }
}

/** The token of the session that calls, or null. */
export const bearerOf = (header: string | undefined): string | null => /^Bearer (\S+)$/.exec(header ?? '')?.[1] ?? null

/** Refuses a larger body, by 413. */
export const limitBody = (maxBytes: number) =>
  bodyLimit({
    maxSize: maxBytes,
    onError: (context) => {
      const message = `The body is larger than ${maxBytes} bytes.`
      return context.json(refusal('OB005', message, { values: { field: 'body', reason: 'size' } }), 413)
    },
  })
