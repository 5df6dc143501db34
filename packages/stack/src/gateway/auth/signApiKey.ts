import { SignJWT } from 'jose'

/** Fixed, so that one secret always gives the same keys: 2026-01-01 and 2036-01-01. */
const issuedAt = 1_767_225_600
const expiresAt = 2_082_758_400

/**
 * Makes one of a project's two API keys.
 *
 * @example
 * const anonKey = await signApiKey({ jwtSecret, role: 'anon' })
 */
export const signApiKey = ({
  jwtSecret,
  role,
}: {
  jwtSecret: string
  role: 'anon' | 'service_role'
}): Promise<string> =>
  new SignJWT({ iss: 'supabase', role, iat: issuedAt, exp: expiresAt })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(jwtSecret))
