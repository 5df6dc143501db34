import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { DatabaseError } from 'pg'

/** An answer of the REST door that is an error, in PostgREST's words. */
export class RestError extends Error {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly details: string | null
  readonly hint: string | null
  constructor(
    status: number,
    fields: { code: string; message: string; details?: string | null; hint?: string | null; cause?: unknown },
  ) {
    super(fields.message, { cause: fields.cause })
    this.name = 'RestError'
    this.status = status as ContentfulStatusCode
    this.code = fields.code
    this.details = fields.details ?? null
    this.hint = fields.hint ?? null
  }
}

/** PostgREST knows this form and this server does not: say so, since any answer but PostgREST's own would be wrong. */
export const notSupported = (what: string): RestError =>
  new RestError(501, {
    code: 'STACK501',
    message: `The local stack does not support ${what}.`,
    hint: 'It speaks the forms of PostgREST that this project uses. A hosted project supports all of them.',
  })

/** The request is malformed. */
export const malformed = (message: string, details: string | null = null): RestError =>
  new RestError(400, { code: 'PGRST100', message, details })

/** Turns whatever the database said into PostgREST's answer; anything else is this server's own fault. */
export const restErrorFrom = (error: unknown, role: string): RestError => {
  if (error instanceof RestError) return error
  if (error instanceof DatabaseError) {
    const code = error.code ?? 'XX000'
    return new RestError(statusOf(code, role), {
      ...{ code, message: error.message, details: error.detail ?? null, hint: error.hint ?? null, cause: error },
    })
  }
  const message = error instanceof Error ? error.message : String(error)
  console.error(`gateway: the REST door failed: ${message}`)
  return new RestError(503, { code: 'PGRST000', message: 'Database connection error. Retrying.', cause: error })
}

/** Whole codes first, then classes (the first two letters), as PostgREST 12 maps them; its own oracle test holds this. */
const statusOf = (code: string, role: string): number => {
  if (/^PT[1-5]\d\d$/.test(code)) return Number(code.slice(2))
  if (code === '42501') return role === 'anon' ? 401 : 403
  return byCode[code] ?? byClass[code.slice(0, 2)] ?? 400
}

const byCode: Readonly<Record<string, number>> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  P0001: 400,
}

const byClass: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 413,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
}
