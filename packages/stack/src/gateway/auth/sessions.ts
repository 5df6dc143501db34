import { randomBytes, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type pg from 'pg'
import { inTransaction } from '../database/inTransaction.ts'
import { AuthError } from './AuthError.ts'
import { findUser, identitiesOf, onlyRow, showUser, type User } from './users.ts'

export type SessionIssuer = { pool: pg.Pool; jwtSecret: string; issuer: () => string; now: () => Date }
export type SignInMethod = 'web3' | 'anonymous'

const lifetimeSeconds = 3600

/** Two tabs may refresh at once: within this time a used token still works. */
const reuseIntervalMs = 10_000

/** A first pair of tokens for a user who has just proved who it is. */
export const startSession = (issuer: SessionIssuer, userId: string, method: SignInMethod): Promise<object> =>
  inTransaction(issuer.pool, async (client) => {
    const now = issuer.now()
    const sessionId = randomUUID()
    await client.query('update auth.users set last_sign_in_at = $2 where id = $1', [userId, now])
    await client.query(
      `insert into auth.sessions (id, user_id, created_at, updated_at, aal) values ($1, $2, $3, $3, 'aal1')`,
      [sessionId, userId, now],
    )
    const user = onlyRow([await findUser(client, userId)].filter((found) => found !== null))
    const refreshToken = await insertRefreshToken(client, { userId, sessionId, parent: null, now })
    return tokensFor(issuer, client, { user, sessionId, refreshToken, method })
  })

type TokenRow = {
  id: string
  user_id: string
  session_id: string
  revoked: boolean
  parent: string | null
  updated_at: Date
}

/**
 * Exchanges a refresh token for new tokens, by the rules of Supabase Auth: each works once. A used one works again when
 * it is the parent of the one in force (its answer was lost) or was used in the last 10 s; any later use is taken for
 * theft and revokes all of the session's tokens.
 */
export const refreshSession = async (issuer: SessionIssuer, refreshToken: string): Promise<object> => {
  const now = issuer.now()
  const outcome = await inTransaction(issuer.pool, async (client) => {
    const found = await client.query<TokenRow>(
      `select id, user_id, session_id, revoked, parent, updated_at from auth.refresh_tokens where token = $1
       for update`,
      [refreshToken],
    )
    const token = found.rows[0]
    const user = token && (await findUser(client, token.user_id))
    if (!token || !user) {
      throw new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found')
    }
    const decision = token.revoked ? await judgeReuse(client, token, refreshToken, now) : { kind: 'rotate' as const }
    if (decision.kind === 'theft') {
      await client.query('update auth.refresh_tokens set revoked = true, updated_at = $2 where session_id = $1', [
        token.session_id,
        now,
      ])
      // The revocation must be committed, so the refusal is an answer of the transaction and no exception in it.
      return null
    }
    const next = decision.kind === 'again' ? decision.token : await rotate(client, token, refreshToken, now)
    await client.query(
      `update auth.sessions set refreshed_at = $2::timestamptz at time zone 'utc', updated_at = $2 where id = $1`,
      [token.session_id, now],
    )
    const method = user.is_anonymous ? 'anonymous' : 'web3'
    return tokensFor(issuer, client, { user, sessionId: token.session_id, refreshToken: next, method })
  })
  if (outcome === null) throw new AuthError(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used')
  return outcome
}

type Reuse = { kind: 'rotate' } | { kind: 'again'; token: string } | { kind: 'theft' }

const judgeReuse = async (client: pg.PoolClient, token: TokenRow, text: string, now: Date): Promise<Reuse> => {
  const { rows } = await client.query<{ token: string; parent: string | null }>(
    `select token, parent from auth.refresh_tokens where session_id = $1 and not revoked order by id desc limit 1`,
    [token.session_id],
  )
  const active = rows[0]
  if (active?.parent === text) return { kind: 'again', token: active.token }
  const isRecent = now.getTime() - token.updated_at.getTime() <= reuseIntervalMs
  return isRecent ? { kind: 'rotate' } : { kind: 'theft' }
}

const rotate = async (client: pg.PoolClient, token: TokenRow, text: string, now: Date): Promise<string> => {
  await client.query('update auth.refresh_tokens set revoked = true, updated_at = $2 where id = $1 and not revoked', [
    token.id,
    now,
  ])
  return insertRefreshToken(client, { userId: token.user_id, sessionId: token.session_id, parent: text, now })
}

const insertRefreshToken = async (
  client: pg.PoolClient,
  { userId, sessionId, parent, now }: { userId: string; sessionId: string; parent: string | null; now: Date },
): Promise<string> => {
  const token = randomBytes(24).toString('base64url')
  await client.query(
    `insert into auth.refresh_tokens
       (instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id)
     values ('00000000-0000-0000-0000-000000000000', $1, $2, false, $3, $3, $4, $5)`,
    [token, userId, now, parent, sessionId],
  )
  return token
}

const tokensFor = async (
  { jwtSecret, issuer, now }: SessionIssuer,
  client: pg.PoolClient,
  {
    user,
    sessionId,
    refreshToken,
    method,
  }: { user: User; sessionId: string; refreshToken: string; method: SignInMethod },
): Promise<object> => {
  const issuedAt = Math.floor(now().getTime() / 1000)
  const expiresAt = issuedAt + lifetimeSeconds
  const accessToken = await new SignJWT({
    iss: issuer(),
    sub: user.id,
    aud: user.aud,
    exp: expiresAt,
    iat: issuedAt,
    email: '',
    phone: '',
    app_metadata: user.raw_app_meta_data,
    user_metadata: user.raw_user_meta_data,
    role: user.role,
    aal: 'aal1',
    amr: [{ method, timestamp: issuedAt }],
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(jwtSecret))
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: lifetimeSeconds,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: showUser(user, await identitiesOf(client, user.id)),
  }
}

/** Ends sessions: all of the user's, only this one, or all but this one. Their refresh tokens end with them. */
export const endSessions = async (
  pool: pg.Pool,
  { userId, sessionId, scope }: { userId: string; sessionId: string; scope: 'global' | 'local' | 'others' },
): Promise<void> => {
  const condition = { global: '$2::uuid is not null', local: 'id = $2', others: 'id <> $2' }[scope]
  await pool.query(`delete from auth.sessions where user_id = $1 and ${condition}`, [userId, sessionId])
}
