import { OpenAPIHono, z } from '@hono/zod-openapi'
import { describeError } from '../describeError.ts'
import type { Logger } from '../log/createLogger.ts'
import { limitBody, refusal, refusalOf } from './refusals.ts'

const problem = z
  .object({ code: z.string(), message: z.string(), hint: z.string(), values: z.record(z.string(), z.unknown()) })
  .openapi('Refusal', { description: 'Branch on `code`: docs/errors.md lists them.' })

/** A body of JSON, for `createRoute`. */
export const json = <S extends z.ZodType>(schema: S) => ({ content: { 'application/json': { schema } } })

/** What a route answers where it does what was asked, and the refusal that it answers otherwise. */
export const answers = <S extends z.ZodType>(schema: S, description: string) => ({
  200: { ...json(schema), description },
  default: { ...json(problem), description: 'Why not, by its code.' },
})

/**
 * A door for routes of `createRoute`: what is malformed is refused with the name of its field, the database's refusals
 * become statuses, and anything else is logged as `failure` and asks for another try.
 */
export function openDoor(parameters: { log: Logger; failure: string; maxBodyBytes: number }): OpenAPIHono {
  const { log, failure, maxBodyBytes } = parameters
  const door = new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return
      const [issue] = result.error.issues
      const field = issue?.path.join('.') || 'body'
      const more = { hint: '/api/openapi.json says what is taken.', values: { field, reason: issue?.code ?? 'shape' } }
      return context.json(refusal('OB005', `${field} is not what is taken here.`, more), 400)
    },
  })
  door.use(limitBody(maxBodyBytes))
  door.onError((error, context) => {
    const refused = refusalOf(error)
    if (refused !== null) return context.json(refused.body, refused.status)
    // A body that is no JSON is the library's own refusal.
    if ('getResponse' in error) return context.json(refusal('OB005', 'The body is not JSON.'), 400)
    log.warn({ error: describeError(error) }, failure)
    return context.json(refusal('OB101', 'This cannot be answered now.', { hint: 'Try again.' }), 503)
  })
  return door
}
