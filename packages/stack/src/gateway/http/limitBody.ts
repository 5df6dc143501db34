import type { MiddlewareHandler } from 'hono'

/** Most bytes of a request's body, by door. */
export const bodyLimits = {
  rest: 10 * 1024 * 1024,
  auth: 64 * 1024,
  realtime: 1024 * 1024,
  storage: 50 * 1024 * 1024,
  chain: 1024 * 1024,
} as const

/**
 * Answers 413 in words to a body that is announced as larger, and 411 to one that announces no length: Node reads no
 * more of a body than was announced, so nothing needs to be counted.
 *
 * hono's own bodyLimit counts by making a new Request of the old one, which fails unless the adapter may replace the
 * process's global Request.
 */
export const limitBody =
  (maxBytes: number): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.header('transfer-encoding') !== undefined) {
      const message = 'The local stack takes bodies of a known length only: send Content-Length, not chunks.'
      return c.json({ statusCode: '411', error: 'Length Required', message }, 411)
    }
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) {
      const message = `A body may hold at most ${maxBytes} bytes.`
      return c.json({ statusCode: '413', error: 'Payload too large', message }, 413)
    }
    return next()
  }
