import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Preferences } from './parsePreferences.ts'
import { RestError } from './RestError.ts'

/** What the last statement of a request gives. */
export type Answer = { body: string | null; rows: number; total: string | null }

/** Refuses what cannot be shown as one object. Called inside the transaction, so that a refused change is undone. */
export const checkSingular = (preferences: Preferences, rows: number): void => {
  if (!preferences.singular || rows === 1) return
  throw new RestError(406, {
    code: 'PGRST116',
    message: 'JSON object requested, multiple (or no) rows returned',
    details: `The result contains ${rows} rows`,
  })
}

/** Answers a read: 206 where a count shows that there is more, 416 where the page starts behind the last row. */
export const respondRows = (c: Context, answer: Answer, offset: number, preferences: Preferences): Response => {
  const total = answer.total === null ? null : Number(answer.total)
  if (total !== null && offset > total) {
    c.header('Content-Range', `*/${total}`)
    c.header('Preference-Applied', preferences.applied.join(', '))
    throw new RestError(416, {
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details: `An offset of ${offset} was requested, but there are only ${total} rows.`,
    })
  }
  setHeaders(c, { ...answer, offset }, preferences)
  return respondJson(c, answer.body ?? '[]', total !== null && answer.rows < total ? 206 : 200, preferences)
}

/** Answers a change: with its rows where the caller wants them, else with nothing. */
export const respondChange = (c: Context, answer: Answer, preferences: Preferences): Response => {
  setHeaders(c, { ...answer, offset: 0 }, preferences)
  if (!preferences.representation) return c.body(null, 204)
  return respondJson(c, answer.body ?? '[]', 200, preferences)
}

const setHeaders = (c: Context, page: Answer & { offset: number }, preferences: Preferences): void => {
  const range = page.rows === 0 ? '*' : `${page.offset}-${page.offset + page.rows - 1}`
  c.header('Content-Range', `${range}/${page.total ?? '*'}`)
  if (preferences.applied.length > 0) c.header('Preference-Applied', preferences.applied.join(', '))
}

const respondJson = (c: Context, body: string, status: ContentfulStatusCode, preferences: Preferences): Response => {
  const type = preferences.singular ? 'application/vnd.pgrst.object+json' : 'application/json'
  c.header('Content-Type', `${type}; charset=utf-8`)
  return c.body(body, status)
}

/** Answers an error in PostgREST's shape. */
export const respondError = (c: Context, error: RestError): Response => {
  if (error.status === 401) c.header('WWW-Authenticate', 'Bearer')
  const { code, details, hint, message } = error
  c.header('Content-Type', 'application/json; charset=utf-8')
  return c.body(JSON.stringify({ code, details, hint, message }), error.status)
}
