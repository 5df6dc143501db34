import { escapeIdentifier } from 'pg'
import type { Filter, OrderItem, RowsQuery, SelectItem } from './parseQuery.ts'

/** A statement under construction: identifiers are quoted, values only ever travel as parameters. */
export type Parameters = { values: unknown[]; add(value: unknown): string }

export const newParameters = (): Parameters => {
  const values: unknown[] = []
  return { values, add: (value) => `$${values.push(value)}` }
}

/** Most rows of one answer, as on a hosted project. */
export const maxRows = 1000

/** How the rows of `pgrst_source` become one text: the database writes the JSON, so numbers of any size stay exact. */
export const answerTail = (shape: 'list' | 'object' | 'scalar' | 'scalars', total: string | null): string => {
  const body = {
    list: `coalesce(json_agg(answer), '[]')`,
    object: 'json_agg(answer) -> 0',
    scalar: `coalesce(json_agg(answer.pgrst_scalar) -> 0, 'null')`,
    scalars: `coalesce(json_agg(answer.pgrst_scalar), '[]')`,
  }[shape]
  return `select (${body})::text as body, count(*)::integer as rows, ${total ?? 'null'}::text as total
    from pgrst_source as answer`
}

/** The columns of a select list, each qualified by the alias of its source. */
export const columnList = (select: SelectItem[] | null, alias: string): string =>
  select === null
    ? `${escapeIdentifier(alias)}.*`
    : select
        .map((item) => column(alias, item.column) + (item.alias ? ` as ${escapeIdentifier(item.alias)}` : ''))
        .join(', ')

export const whereClause = (filters: readonly Filter[], alias: string, parameters: Parameters): string =>
  filters.length === 0 ? '' : `where ${filters.map((filter) => condition(filter, alias, parameters)).join(' and ')}`

/** Rows of `from`, filtered, ordered and cut; with the number of all that match where it is wanted. */
export const rowsOf = (
  from: string,
  alias: string,
  query: RowsQuery,
  parameters: Parameters,
  countExact: boolean,
): { source: string; total: string | null } => {
  const where = whereClause(query.filters, alias, parameters)
  const limit = Math.min(query.limit ?? maxRows, maxRows)
  const source = `select ${columnList(query.select, alias)} from ${from} ${where}
    ${orderClause(query.order, alias)} limit ${limit} offset ${query.offset}`
  return { source, total: countExact ? `(select count(*) from ${from} ${where})` : null }
}

const column = (alias: string, name: string): string =>
  name === '*' ? `${escapeIdentifier(alias)}.*` : `${escapeIdentifier(alias)}.${escapeIdentifier(name)}`

const comparison = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=', like: 'like', ilike: 'ilike' } as const

const condition = (filter: Filter, alias: string, parameters: Parameters): string => {
  const { operator, value } = filter
  const left = column(alias, filter.column)
  // `is` takes one of four words, checked by the parser: they are no values and cannot be parameters.
  const right =
    operator === 'is'
      ? `is ${String(value)}`
      : operator === 'in'
        ? `= any (${parameters.add(value)})`
        : `${comparison[operator]} ${parameters.add(value)}`
  return filter.negated ? `not (${left} ${right})` : `${left} ${right}`
}

const orderClause = (order: readonly OrderItem[], alias: string): string =>
  order.length === 0
    ? ''
    : `order by ${order
        .map((item) => `${column(alias, item.column)} ${item.direction}${item.nulls ? ` nulls ${item.nulls}` : ''}`)
        .join(', ')}`
