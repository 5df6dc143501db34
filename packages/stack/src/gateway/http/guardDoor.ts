import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { type CallerGuard, refusalOf } from './callerGuard.ts'

/** Refuses foreign hosts and origins before anything else runs. */
export const guardDoor =
  (guard: CallerGuard): MiddlewareHandler =>
  async (c, next) => {
    const reason = refusalOf(guard, { host: c.req.header('host'), origin: c.req.header('origin') })
    if (reason !== null) return c.json({ code: 'forbidden_caller', message: reason }, 403)
    return next()
  }

/** What our pages may read of an answer beyond the headers that browsers always show. */
const exposed = ['Content-Range', 'Content-Location', 'Preference-Applied', 'ETag']

/** CORS for our own origins. Requested headers are echoed: the clients send many, and the origin check stands before. */
export const allowOurPages = (guard: CallerGuard): MiddlewareHandler =>
  cors({
    origin: (origin) => (guard.origins.has(origin) ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    exposeHeaders: exposed,
    maxAge: 600,
  })
