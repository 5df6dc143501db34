import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/** Most bytes of a request's body, by door. */
export const bodyLimits = {
  rest: 10 * 1024 * 1024,
  auth: 64 * 1024,
  realtime: 1024 * 1024,
  storage: 50 * 1024 * 1024,
  chain: 1024 * 1024,
} as const

/** Answers 413 in words to a body that is larger, whether its length was announced or not. */
export const limitBody = (maxSize: number): MiddlewareHandler =>
  bodyLimit({
    maxSize,
    onError: (c) =>
      c.json(
        { statusCode: '413', error: 'Payload too large', message: `A body may hold at most ${maxSize} bytes.` },
        413,
      ),
  })
