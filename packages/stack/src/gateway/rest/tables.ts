import type pg from 'pg'
import { escapeIdentifier } from 'pg'
import { columnsOf } from './catalogue.ts'
import { parseJson } from './parseJson.ts'
import { exposedSchema, type Preferences } from './parsePreferences.ts'
import type { RowsQuery } from './parseQuery.ts'
import { malformed, notSupported, RestError } from './RestError.ts'
import type { Answer } from './respond.ts'
import { answerTail, columnList, newParameters, rowsOf, whereClause } from './rowsStatement.ts'
import { withRange } from './withRange.ts'

const nothing: Answer = { body: null, rows: 0, total: null }

/** Reads rows of a table or view. */
export const readTable = async (
  client: pg.PoolClient,
  table: string,
  given: RowsQuery,
  preferences: Preferences,
): Promise<{ answer: Answer; offset: number }> => {
  await columnsOf(client, table)
  const query = withRange(given, preferences)
  const parameters = newParameters()
  const { source, total } = rowsOf(qualified(table), table, query, parameters, preferences.countExact)
  const tail = answerTail(preferences.singular ? 'object' : 'list', total)
  const { rows } = await client.query<Answer>(`with pgrst_source as (${source}) ${tail}`, parameters.values)
  return { answer: rows[0] ?? nothing, offset: query.offset }
}

/**
 * The one update that this server supports: some columns of the rows that the filters name. Without a filter it is
 * refused, as on a hosted project.
 */
export const updateTable = async (
  client: pg.PoolClient,
  table: string,
  query: RowsQuery,
  body: string,
  preferences: Preferences,
): Promise<Answer> => {
  if (query.order.length > 0 || query.limit !== null || query.offset > 0 || preferences.range !== null) {
    throw notSupported('order, limit and offset in an update')
  }
  const columns = await columnsOf(client, table)
  const changes = changedColumns(body).map((name) => {
    const known = columns.find((column) => column.name === name)
    if (known === undefined) {
      throw new RestError(400, {
        code: 'PGRST204',
        message: `Column '${name}' of relation '${table}' does not exist`,
      })
    }
    return known
  })
  if (changes.length === 0) return preferences.representation ? { ...nothing, body: '[]' } : nothing
  if (query.filters.length === 0) throw new RestError(400, { code: '21000', message: 'UPDATE requires a WHERE clause' })
  const parameters = newParameters()
  const record = changes.map(({ name, type }) => `${escapeIdentifier(name)} ${type}`).join(', ')
  const set = changes.map(({ name }) => `${escapeIdentifier(name)} = pgrst_body.${escapeIdentifier(name)}`).join(', ')
  const source = `update ${qualified(table)} set ${set}
    from json_to_record(${parameters.add(body)}::json) as pgrst_body(${record})
    ${whereClause(query.filters, table, parameters)}
    returning ${preferences.representation ? columnList(query.select, table) : '1'}`
  const total = preferences.countExact ? '(select count(*) from pgrst_source)' : null
  const tail = answerTail(preferences.singular ? 'object' : 'list', total)
  const { rows } = await client.query<Answer>(`with pgrst_source as (${source}) ${tail}`, parameters.values)
  return rows[0] ?? nothing
}

const qualified = (table: string): string => `${escapeIdentifier(exposedSchema)}.${escapeIdentifier(table)}`

/** The keys of the body. Its values go to the database as they came. */
const changedColumns = (body: string): string[] => {
  const parsed = parseJson(body)
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return Object.keys(parsed)
  throw malformed('The body of an update is one JSON object.')
}
