import type pg from 'pg'
import { escapeIdentifier } from 'pg'
import type { FunctionInfo } from './catalogue.ts'
import type { Preferences } from './parsePreferences.ts'
import { exposedSchema } from './parsePreferences.ts'
import { parseQuery } from './parseQuery.ts'
import { malformed } from './RestError.ts'
import type { Answer } from './respond.ts'
import { answerTail, maxRows, newParameters, rowsOf } from './rowsStatement.ts'
import { withRange } from './withRange.ts'

/** A call: arguments as one JSON text, which the database reads itself, and what to take of the rows that come back. */
export type Call = {
  name: string
  given: readonly string[]
  argumentsJson: string
  rowsQuery: readonly [string, string][]
}

export const callFunction = async (
  client: pg.PoolClient,
  info: FunctionInfo,
  call: Call,
  preferences: Preferences,
): Promise<{ answer: Answer; offset: number }> => {
  const query = withRange(parseQuery(call.rowsQuery), preferences)
  const parameters = newParameters()
  const used = info.arguments.filter((argument) => call.given.includes(argument.name))
  const calling = callExpression(call, used, parameters.add)
  const selected = info.returns === 'row' ? 'pgrst_call.*' : 'pgrst_call as pgrst_scalar'
  const result = `pgrst_result as (select ${selected} from ${calling})`
  const many = info.returnsSet && !preferences.singular
  if (info.returns !== 'row') {
    if (query.select !== null || query.filters.length > 0 || query.order.length > 0) {
      throw malformed(`The function "${call.name}" gives no rows to select, filter or order.`)
    }
    const limit = Math.min(query.limit ?? maxRows, maxRows)
    const total = preferences.countExact ? '(select count(*) from pgrst_result)' : null
    const source = `select * from pgrst_result limit ${limit} offset ${query.offset}`
    const tail = answerTail(many ? 'scalars' : 'scalar', total)
    return run(client, `with ${result}, pgrst_source as (${source}) ${tail}`, parameters.values, query.offset)
  }
  const from = `pgrst_result as ${escapeIdentifier(call.name)}`
  const { source, total } = rowsOf(from, call.name, query, parameters, preferences.countExact)
  const tail = answerTail(many ? 'list' : 'object', total)
  return run(client, `with ${result}, pgrst_source as (${source}) ${tail}`, parameters.values, query.offset)
}

const run = async (
  client: pg.PoolClient,
  text: string,
  values: unknown[],
  offset: number,
): Promise<{ answer: Answer; offset: number }> => {
  const { rows } = await client.query<Answer>(text, values)
  return { answer: rows[0] ?? { body: null, rows: 0, total: null }, offset }
}

/** json_to_record gives each argument its type, so that JSON means here what it means in PostgREST. */
const callExpression = (call: Call, used: FunctionInfo['arguments'], add: (value: unknown) => string): string => {
  const callee = `${escapeIdentifier(exposedSchema)}.${escapeIdentifier(call.name)}`
  if (used.length === 0) return `${callee}() as pgrst_call`
  const columns = used.map(({ name, type }) => `${escapeIdentifier(name)} ${type}`).join(', ')
  const passed = used.map(({ name }) => `${escapeIdentifier(name)} := pgrst_args.${escapeIdentifier(name)}`).join(', ')
  return `json_to_record(${add(call.argumentsJson)}::json) as pgrst_args(${columns}),
    lateral ${callee}(${passed}) as pgrst_call`
}
