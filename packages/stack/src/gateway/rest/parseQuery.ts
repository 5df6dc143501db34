import { malformed, notSupported, RestError } from './RestError.ts'

export type SelectItem = { column: string; alias: string | null }
export type FilterOperator = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like' | 'ilike' | 'in' | 'is'
export type Filter = { column: string; negated: boolean; operator: FilterOperator; value: string | string[] }
export type OrderItem = { column: string; direction: 'asc' | 'desc'; nulls: 'first' | 'last' | null }

/** What a request asks of rows. `select` null means all columns. */
export type RowsQuery = {
  select: SelectItem[] | null
  filters: Filter[]
  order: OrderItem[]
  limit: number | null
  offset: number
}

type Entry = readonly [name: string, value: string]

/**
 * Reads the query string of a table or of a function's rows. Whatever it does not know ends in an error: a form that is
 * skipped silently would answer with rows that nobody asked for.
 */
export const parseQuery = (entries: readonly Entry[]): RowsQuery => {
  const query: RowsQuery = { select: null, filters: [], order: [], limit: null, offset: 0 }
  const seen = new Set<string>()
  for (const [name, value] of entries) {
    if (`${name}${value}`.includes('\0')) throw malformed('A query holds no null characters.')
    if (single.has(name) && seen.has(name)) throw malformed(`"${name}" is given twice.`)
    seen.add(name)
    if (name === 'select') query.select = parseSelect(value)
    else if (name === 'order') query.order = value.split(',').map(parseOrderItem)
    else if (name === 'limit') query.limit = parseCount(name, value)
    else if (name === 'offset') query.offset = parseCount(name, value)
    else query.filters.push(parseFilter(name, value))
  }
  return query
}

const single = new Set(['select', 'order', 'limit', 'offset'])

const parseSelect = (text: string): SelectItem[] | null => {
  const items = text.split(',').map((item) => item.trim())
  if (text.trim() === '*' || text.trim() === '') return null
  return items.map((item) => {
    if (item.includes('(')) throw notSupported(`embedded tables and aggregates in select ("${item}")`)
    if (item.includes('::')) throw notSupported(`casts in select ("${item}")`)
    const [first = '', second, ...rest] = item.split(':')
    if (rest.length > 0) throw malformed(`"${item}" is no column.`)
    const alias = second === undefined ? null : checkColumn(first)
    const column = second ?? first
    if (column === '*' && alias !== null) throw malformed('"*" takes no alias.')
    return { column: column === '*' ? column : checkColumn(column), alias }
  })
}

const parseOrderItem = (text: string): OrderItem => {
  const [column = '', ...words] = text.trim().split('.')
  const item: OrderItem = { column: checkColumn(column), direction: 'asc', nulls: null }
  const [first, ...others] = words
  const second = first === 'asc' || first === 'desc' ? others.shift() : first
  if (first === 'desc') item.direction = 'desc'
  if (second === 'nullsfirst') item.nulls = 'first'
  else if (second === 'nullslast') item.nulls = 'last'
  else if (second !== undefined) throw malformed(`"${text}" is no order.`)
  if (others.length > 0) throw malformed(`"${text}" is no order.`)
  return item
}

const parseCount = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new RestError(/^-\d+$/.test(text) ? 416 : 400, {
    code: 'PGRST103',
    message: 'Requested range not satisfiable',
    details: `"${name}" is a whole number that is not negative.`,
  })
}

const operators: ReadonlySet<string> = new Set<FilterOperator>([
  ...(['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike', 'in', 'is'] as const),
])

/** PostgREST's other operators: known, and not supported here. */
const otherOperators =
  /^(match|imatch|isdistinct|fts|plfts|phfts|wfts|cs|cd|ov|sl|sr|nxr|nxl|adj|not|eq|neq|gte?|lte?|i?like)(\(.*\))?$/

const parseFilter = (name: string, text: string): Filter => {
  if (/^(not\.)?(and|or)$/.test(name)) throw notSupported('trees of conditions ("and", "or")')
  if (name === 'columns' || name === 'on_conflict') throw notSupported(`the parameter "${name}"`)
  if (name.includes('.')) throw notSupported(`filters on embedded tables ("${name}")`)
  const column = checkColumn(name)
  const negated = text.startsWith('not.')
  const rest = negated ? text.slice(4) : text
  const dot = rest.indexOf('.')
  const operator = dot < 0 ? rest : rest.slice(0, dot)
  const value = rest.slice(dot + 1)
  if (dot < 0 || !operators.has(operator)) {
    if (otherOperators.test(operator)) throw notSupported(`the operator "${operator}"`)
    throw malformed(`"failed to parse filter (${text})"`, 'A filter is an operator (eq, gt, ...), a dot and a value.')
  }
  return { column, negated, operator: operator as FilterOperator, value: parseValue(operator, value) }
}

const parseValue = (operator: string, text: string): string | string[] => {
  if (operator === 'in') return parseList(text)
  if (operator === 'is' && !/^(null|true|false|unknown)$/i.test(text)) {
    throw malformed(`"failed to parse filter (is.${text})"`, '"is" takes null, true, false or unknown.')
  }
  // PostgREST's stand-in for %, which would have to be escaped in a URL.
  if (operator === 'like' || operator === 'ilike') return text.replaceAll('*', '%')
  return text
}

/** `(a,b,"c,d")`: commas and parentheses of a value stand in double quotes, quotes and backslashes behind a backslash. */
const parseList = (text: string): string[] => {
  if (!text.startsWith('(') || !text.endsWith(')')) throw malformed(`"failed to parse filter (in.${text})"`)
  const inner = text.slice(1, -1)
  if (inner === '') return []
  const item = /(?:"((?:[^"\\]|\\.)*)"|([^",]*))(,|$)/y
  const values: string[] = []
  for (;;) {
    const match = item.exec(inner)
    if (match === null) throw malformed(`"failed to parse filter (in.${text})"`)
    values.push(match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '')
    if (match[3] === '') return values
  }
}

const checkColumn = (name: string): string => {
  if (name.includes('->')) throw notSupported(`arrows into JSON ("${name}")`)
  if (name === '' || /[."():*]/.test(name)) throw malformed(`"${name}" is no column.`)
  return name
}
