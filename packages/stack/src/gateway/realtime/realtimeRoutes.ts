import { Hono } from 'hono'
import { TokenError } from '../auth/readToken.ts'
import { callerOf } from '../database/asCaller.ts'
import { asRecord } from '../http/asRecord.ts'
import { bodyLimits, limitBody } from '../http/limitBody.ts'
import { mayUseTopic } from './mayUseTopic.ts'
import type { RealtimeServices } from './RealtimeSocket.ts'

/** Realtime without a socket: broadcasts by POST, under the same rules as over a socket. */
export const realtimeRoutes = ({ pool, readToken, hub, publicChannels }: RealtimeServices): Hono => {
  const app = new Hono()
  app.use(limitBody(bodyLimits.realtime))

  app.post('/api/broadcast', async (c) => {
    try {
      const caller = await callerOf(c.req.header('authorization'), readToken)
      const { messages } = asRecord(JSON.parse(await c.req.text()))
      const wanted = (Array.isArray(messages) ? messages : []).map(asRecord).map((message) => {
        const { topic, event, payload } = message
        if (typeof topic !== 'string' || typeof event !== 'string')
          throw new SyntaxError('A message names topic and event.')
        return { topic, event, payload, private: message.private === true }
      })
      if (wanted.length === 0) throw new SyntaxError('The body is {"messages": [...]}.')
      for (const { topic, private: isPrivate } of wanted) {
        const allowed = isPrivate ? await mayUseTopic(pool, { caller, topic, action: 'write' }) : publicChannels
        if (!allowed) return c.json({ message: `You may not broadcast to the topic ${topic}.` }, 403)
      }
      for (const message of wanted) hub.broadcast(message)
      return c.body(null, 202)
    } catch (error) {
      if (error instanceof TokenError) return c.json({ message: error.message }, 401)
      if (error instanceof SyntaxError) return c.json({ message: error.message }, 422)
      throw error
    }
  })

  app.all('*', (c) => c.json({ message: `The local stack does not support ${c.req.method} ${c.req.path}.` }, 501))
  return app
}
