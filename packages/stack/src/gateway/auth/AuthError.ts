import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer of the auth door that is an error, in the words and codes of Supabase Auth. */
export class AuthError extends Error {
  readonly status: ContentfulStatusCode
  readonly errorCode: string
  constructor(status: ContentfulStatusCode, errorCode: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'AuthError'
    this.status = status
    this.errorCode = errorCode
  }
}

/** A sign-in message that is refused. Supabase Auth answers these in OAuth's shape, without an error code. */
export class SignInRefused extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'SignInRefused'
  }
}
