import { timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'

/**
 * The key check that stands in front of every hosted project: header or query parameter `apikey`, one of the two keys.
 * It only says that the caller knows the project; the role comes from the bearer token.
 */
export const requireApiKey =
  (keys: readonly string[]): MiddlewareHandler =>
  async (c, next) => {
    const key = c.req.header('apikey') ?? c.req.query('apikey')
    if (key === undefined) return c.json({ message: 'No API key found in request' }, 401)
    if (!isApiKey(keys, key)) return c.json({ message: 'Invalid API key' }, 401)
    return next()
  }

export const isApiKey = (keys: readonly string[], given: string): boolean =>
  keys.some((key) => key.length === given.length && timingSafeEqual(Buffer.from(key), Buffer.from(given)))
