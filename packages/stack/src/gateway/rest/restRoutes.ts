import { type Context, Hono } from 'hono'
import type pg from 'pg'
import { type ReadToken, TokenError } from '../auth/readToken.ts'
import { asCaller, type Caller, callerOf, type RequestFacts, trustedHeaders } from '../database/asCaller.ts'
import { bodyLimits, limitBody } from '../http/limitBody.ts'
import { type Call, callFunction } from './callFunction.ts'
import { findFunction } from './catalogue.ts'
import { parseJson } from './parseJson.ts'
import { parsePreferences } from './parsePreferences.ts'
import { parseQuery } from './parseQuery.ts'
import { malformed, notSupported, RestError, restErrorFrom } from './RestError.ts'
import { checkSingular, respondChange, respondError, respondRows } from './respond.ts'
import { readTable, updateTable } from './tables.ts'

type Dependencies = { pool: pg.Pool; readToken: ReadToken }
type Handler = (c: Context, caller: Caller) => Promise<Response>

/** The REST door: the forms of PostgREST that this project uses, each in one transaction as its caller. */
export const restRoutes = ({ pool, readToken }: Dependencies): Hono => {
  const app = new Hono()
  app.use(limitBody(bodyLimits.rest))

  const door =
    (handler: Handler) =>
    async (c: Context): Promise<Response> => {
      let role = 'anon'
      try {
        const caller = await callerOf(c.req.header('authorization'), readToken)
        role = caller.role
        return await handler(c, caller)
      } catch (error) {
        return respondError(c, tokenErrorFrom(error) ?? restErrorFrom(error, role))
      }
    }

  app.all(
    '/rpc/:name',
    door(async (c, caller) => {
      const { method } = c.req
      if (method !== 'POST' && !isRead(method)) {
        throw new RestError(405, { code: 'PGRST101', message: `Cannot use the ${method} method on RPC` })
      }
      const preferences = parsePreferences((name) => c.req.header(name))
      const name = checkName(c.req.param('name') ?? '')
      const body = method === 'POST' ? await c.req.text() : ''
      const facts = factsOf(c, `/rpc/${name}`)
      const result = await asCaller(pool, { caller, facts, readOnly: isRead(method) }, async (client) => {
        const entries = entriesOf(c)
        const given =
          method === 'POST' ? Object.keys(parseArguments(body)) : entries.map(([key]) => key).filter(isArgument)
        const info = await findFunction(client, name, given)
        if (info.readOnly && !isRead(method)) await client.query('set local transaction_read_only = on')
        const call: Call =
          method === 'POST'
            ? { name, given, argumentsJson: body.trim() === '' ? '{}' : body, rowsQuery: entries }
            : { name, given, ...splitEntries(entries) }
        const called = await callFunction(client, info, call, preferences)
        checkSingular(preferences, called.answer.rows)
        return { ...called, isVoid: info.returns === 'void' }
      })
      if (result.isVoid) return respondChange(c, result.answer, { ...preferences, representation: false })
      // Of a call PostgREST reports back only the count: what it returns is not for the caller to choose.
      const applied = preferences.applied.filter((preference) => preference.startsWith('count='))
      return respondRows(c, result.answer, result.offset, { ...preferences, applied })
    }),
  )

  app.all(
    '/:table',
    door(async (c, caller) => {
      const { method } = c.req
      const table = checkName(c.req.param('table') ?? '')
      const preferences = parsePreferences((name) => c.req.header(name))
      const facts = factsOf(c, `/${table}`)
      const query = parseQuery(entriesOf(c))
      if (isRead(method)) {
        const { answer, offset } = await asCaller(pool, { caller, facts, readOnly: true }, async (client) => {
          const read = await readTable(client, table, query, preferences)
          checkSingular(preferences, read.answer.rows)
          return read
        })
        return respondRows(c, answer, offset, preferences)
      }
      if (method !== 'PATCH') throw notSupported(`${method} on a table: rows are written by functions`)
      const body = await c.req.text()
      const answer = await asCaller(pool, { caller, facts, readOnly: false }, async (client) => {
        const changed = await updateTable(client, table, query, body, preferences)
        if (preferences.representation) checkSingular(preferences, changed.rows)
        return changed
      })
      return respondChange(c, answer, preferences)
    }),
  )

  app.all(
    '*',
    door(async (c) => {
      throw notSupported(`the path ${c.req.path}`)
    }),
  )
  return app
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

const factsOf = (c: Context, path: string): RequestFacts => ({
  method: c.req.method,
  path,
  headers: trustedHeaders(c.req.raw.headers),
})

const entriesOf = (c: Context): [string, string][] =>
  [...new URL(c.req.url).searchParams].filter(([name]) => name !== 'apikey')

/** Of a GET's parameters those that page and order are no arguments. */
const isArgument = (name: string): boolean => !['select', 'order', 'limit', 'offset'].includes(name)

const parseArguments = (body: string): object => {
  if (body.trim() === '') return {}
  const parsed = parseJson(body)
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  throw malformed('The arguments of a function are one JSON object.')
}

/** Values of a query string are texts; the types of the arguments make of them what PostgREST makes of them. */
const splitEntries = (entries: readonly [string, string][]): Pick<Call, 'argumentsJson' | 'rowsQuery'> => ({
  argumentsJson: JSON.stringify(Object.fromEntries(entries.filter(([name]) => isArgument(name)))),
  rowsQuery: entries.filter(([name]) => !isArgument(name)),
})

const checkName = (name: string): string => {
  if (name === '' || name.includes('\0')) throw malformed(`"${name}" is no name.`)
  return name
}

const tokenErrorFrom = (error: unknown): RestError | null =>
  error instanceof TokenError ? new RestError(401, { code: 'PGRST301', message: error.message, cause: error }) : null
