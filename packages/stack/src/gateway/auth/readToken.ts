import { errors, jwtVerify } from 'jose'

export type Claims = Readonly<Record<string, unknown>>

/** A token that cannot be trusted; the message says why, in a client's words. */
export class TokenError extends Error {
  readonly expired: boolean
  constructor(message: string, options: { expired: boolean; cause: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'TokenError'
    this.expired = options.expired
  }
}

/** Verifies tokens of this project: HS256 with the project's secret and nothing else, so never `alg: none`. */
export type ReadToken = (token: string) => Promise<Claims>

/** Clocks of client and server may differ by this much, as in PostgREST. */
const toleranceSeconds = 30

export const tokenReader = (jwtSecret: string, now: () => Date): ReadToken => {
  const key = new TextEncoder().encode(jwtSecret)
  return async (token) => {
    try {
      const options = { algorithms: ['HS256'], clockTolerance: toleranceSeconds, currentDate: now() }
      return (await jwtVerify(token, key, options)).payload
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new TokenError('JWT expired', { expired: true, cause: error })
      const reason = error instanceof Error ? error.message : String(error)
      throw new TokenError(`JWT invalid: ${reason}`, { expired: false, cause: error })
    }
  }
}

/** The token of an `Authorization: Bearer` header. */
export const bearerOf = (header: string | undefined): string | null =>
  /^bearer\s+(\S+)$/i.exec(header ?? '')?.[1] ?? null
