import { type Context, Hono } from 'hono'
import { asRecord } from '../http/asRecord.ts'
import { bodyLimits, limitBody } from '../http/limitBody.ts'
import { AuthError, SignInRefused } from './AuthError.ts'
import { checkSignInMessage } from './checkSignInMessage.ts'
import { bearerOf, type ReadToken, TokenError } from './readToken.ts'
import { endSessions, refreshSession, type SessionIssuer, startSession } from './sessions.ts'
import {
  createAnonymousUser,
  findUser,
  identitiesOf,
  mergeUserMetadata,
  showUser,
  type User,
  userOfWallet,
} from './users.ts'

type Dependencies = SessionIssuer & { readToken: ReadToken; signInOrigins: ReadonlySet<string> }
type Body = Readonly<Record<string, unknown>>

/** The auth door: wallets, anonymous users, refresh, user and logout, as Supabase Auth speaks them. */
export const authRoutes = (dependencies: Dependencies): Hono => {
  const { pool, now, signInOrigins } = dependencies
  const app = new Hono()
  app.use(limitBody(bodyLimits.auth))
  app.onError((error, c) => respondError(c, error))

  app.post('/token', async (c) => {
    const body = await readBody(c)
    const grant = c.req.query('grant_type')
    if (grant === 'refresh_token') return c.json(await refreshSession(dependencies, textOf(body, 'refresh_token')))
    if (grant !== 'web3') {
      throw new AuthError(
        400,
        'validation_failed',
        `The grant_type "${grant ?? ''}" is not enabled on the local stack.`,
      )
    }
    if (body.chain !== 'ethereum') throw new AuthError(400, 'web3_unsupported_chain', 'Unsupported chain')
    const message = await checkSignInMessage({
      message: textOf(body, 'message'),
      signature: textOf(body, 'signature'),
      allowedOrigins: signInOrigins,
      now: now(),
    })
    const user = await userOfWallet(pool, message, now())
    return c.json(await startSession(dependencies, user.id, 'web3'))
  })

  app.post('/signup', async (c) => {
    const body = await readBody(c)
    if ((body.email ?? '') !== '') throw new AuthError(422, 'email_provider_disabled', 'Email signups are disabled')
    if ((body.phone ?? '') !== '') throw new AuthError(422, 'phone_provider_disabled', 'Phone signups are disabled')
    const user = await createAnonymousUser(pool, asRecord(body.data), now())
    return c.json(await startSession(dependencies, user.id, 'anonymous'))
  })

  app.get('/user', async (c) => {
    const { user } = await signedIn(dependencies, c)
    return c.json(showUser(user, await identitiesOf(pool, user.id)))
  })

  app.put('/user', async (c) => {
    const { user } = await signedIn(dependencies, c)
    const body = await readBody(c)
    const other = ['email', 'phone', 'password'].find((name) => (body[name] ?? '') !== '')
    if (other !== undefined) {
      throw new AuthError(422, 'validation_failed', `A user of the local stack has no ${other} to change.`)
    }
    const changed = await mergeUserMetadata(pool, user.id, asRecord(body.data), now())
    return c.json(showUser(changed, await identitiesOf(pool, user.id)))
  })

  app.post('/logout', async (c) => {
    const { user, sessionId } = await signedIn(dependencies, c)
    const scope = c.req.query('scope') ?? 'global'
    if (scope !== 'global' && scope !== 'local' && scope !== 'others') {
      throw new AuthError(400, 'validation_failed', `Unsupported logout scope "${scope}"`)
    }
    await endSessions(pool, { userId: user.id, sessionId, scope })
    return c.body(null, 204)
  })

  app.get('/settings', (c) =>
    c.json({
      external: { anonymous_users: true, web3: true, email: false, phone: false },
      disable_signup: false,
      mailer_autoconfirm: false,
    }),
  )
  app.get('/health', (c) => c.json({ name: 'Oblivion stack auth', description: 'Development server' }))
  // The tokens are signed with a shared secret: there is no public key to publish.
  app.get('/.well-known/jwks.json', (c) => c.json({ keys: [] }))

  app.all('*', (c) => {
    throw new AuthError(404, 'not_found', `The local stack does not support ${c.req.method} ${c.req.path}.`)
  })
  return app
}

/** The user and session of a bearer token. The session is looked up: a token of an ended session is worth nothing here. */
const signedIn = async ({ pool, readToken }: Dependencies, c: Context): Promise<{ user: User; sessionId: string }> => {
  const token = bearerOf(c.req.header('authorization'))
  if (token === null) throw new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
  const { sub, session_id: sessionId } = await readToken(token)
  if (typeof sub !== 'string' || !isUuid(sub)) throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim')
  const user = await findUser(pool, sub)
  if (user === null) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist')
  const known =
    typeof sessionId === 'string' && isUuid(sessionId)
      ? await pool.query('select from auth.sessions where id = $1 and user_id = $2', [sessionId, sub])
      : null
  if (known?.rowCount !== 1 || typeof sessionId !== 'string') {
    throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
  }
  return { user, sessionId }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

const readBody = async (c: Context): Promise<Body> => {
  const text = await c.req.text()
  try {
    return asRecord(JSON.parse(text === '' ? '{}' : text))
  } catch (cause) {
    throw new AuthError(400, 'bad_json', 'Could not read the request body as JSON', cause)
  }
}

const textOf = (body: Body, name: string): string => {
  const value = body[name]
  if (typeof value === 'string' && value !== '') return value
  throw new AuthError(400, 'validation_failed', `${name} is required`)
}

const respondError = (c: Context, error: Error): Response => {
  if (error instanceof AuthError) {
    return c.json({ code: error.status, error_code: error.errorCode, msg: error.message }, error.status)
  }
  if (error instanceof TokenError) {
    return c.json({ code: 403, error_code: 'bad_jwt', msg: `invalid JWT: ${error.message}` }, 403)
  }
  if (error instanceof SignInRefused) return c.json({ error: 'invalid_grant', error_description: error.message }, 400)
  console.error(`gateway: the auth door failed: ${error.message}`)
  return c.json(
    { code: 500, error_code: 'unexpected_failure', msg: 'Unexpected failure, please check server logs' },
    500,
  )
}
