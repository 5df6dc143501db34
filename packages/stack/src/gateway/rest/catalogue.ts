import type pg from 'pg'
import { exposedSchema } from './parsePreferences.ts'
import { RestError } from './RestError.ts'

export type Column = { name: string; type: string }

/** The columns of a table or view of the exposed schema. Read for each request: nothing to reload after a migration. */
export const columnsOf = async (client: pg.PoolClient, table: string): Promise<Column[]> => {
  const { rows } = await client.query<Column>({
    name: 'columns_of',
    text: `select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type
     from pg_catalog.pg_class as c
     join pg_catalog.pg_attribute as a on a.attrelid = c.oid
     where c.relnamespace = $1::regnamespace and c.relname = $2 and c.relkind in ('r', 'v', 'm', 'f', 'p')
       and a.attnum > 0 and not a.attisdropped`,
    values: [exposedSchema, table],
  })
  if (rows.length > 0) return rows
  throw new RestError(404, {
    code: 'PGRST205',
    message: `Could not find the table '${exposedSchema}.${table}' in the schema cache`,
  })
}

export type Argument = { name: string; type: string; required: boolean }

export type FunctionInfo = {
  arguments: Argument[]
  /** False: it may write, so POST runs it in a transaction that can. */
  readOnly: boolean
  returnsSet: boolean
  returns: 'void' | 'row' | 'scalar'
}

/**
 * Finds the function that takes just these named arguments. As in PostgREST a call that fits none is 404 and one that
 * fits several is 300.
 */
export const findFunction = async (
  client: pg.PoolClient,
  name: string,
  given: readonly string[],
): Promise<FunctionInfo> => {
  const { rows } = await client.query<FunctionRow>({
    ...{ name: 'functions_named', text: functionsNamed, values: [exposedSchema, name] },
  })
  const candidates = rows.map(toFunction)
  const fitting = candidates.filter(
    ({ arguments: all }) =>
      given.every((argument) => all.some((known) => known.name === argument)) &&
      all.every((argument) => !argument.required || given.includes(argument.name)),
  )
  const [found, second] = fitting
  if (found !== undefined && second === undefined) return found
  const asked = `${exposedSchema}.${name}`
  if (found !== undefined) {
    throw new RestError(300, { code: 'PGRST203', message: `Could not choose the best candidate function of ${asked}` })
  }
  const parameters = given.length === 0 ? ' without parameters' : `(${given.join(', ')})`
  const searched =
    given.length === 0 ? ' without parameters' : ` with parameter${given.length > 1 ? 's' : ''} ${given.join(', ')}`
  const [near] = candidates
  throw new RestError(404, {
    code: 'PGRST202',
    message: `Could not find the function ${asked}${parameters} in the schema cache`,
    details: `Searched for the function ${asked}${searched} or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.`,
    hint:
      near && given.length > 0
        ? `Perhaps you meant to call the function ${asked}(${near.arguments.map((argument) => argument.name).join(', ')})`
        : null,
  })
}

type FunctionRow = {
  names: string[]
  modes: string[]
  types: string[]
  inputs: number
  defaults: number
  volatile: boolean
  returns_set: boolean
  return_type: string
  composite: boolean
}

/** Functions with unnamed or variadic arguments are left out: they cannot be called by name. */
const functionsNamed = `
  select
    coalesce(p.proargnames, '{}') as names,
    coalesce(p.proargmodes::text[], array_fill('i'::text, array[p.pronargs::integer])) as modes,
    array(
      select pg_catalog.format_type(t.type, null)
      from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as t (type, position)
      order by t.position
    ) as types,
    p.pronargs::integer as inputs,
    p.pronargdefaults::integer as defaults,
    p.provolatile = 'v' as volatile,
    p.proretset as returns_set,
    r.typname as return_type,
    r.typtype = 'c' or r.typname = 'record' or coalesce(p.proargmodes::text[] && '{t,b,o}', false) as composite
  from pg_catalog.pg_proc as p
  join pg_catalog.pg_type as r on r.oid = p.prorettype
  where p.pronamespace = $1::regnamespace and p.proname = $2 and p.prokind = 'f' and p.provariadic = 0
    and r.typname not in ('trigger', 'event_trigger')
    and (p.pronargs = 0 or '' <> all (p.proargnames[1:p.pronargs]))`

const toFunction = (row: FunctionRow): FunctionInfo => {
  const inputs = row.names
    .map((name, index) => ({ name, mode: row.modes[index], type: row.types[index] ?? 'text' }))
    .filter(({ mode }) => mode === 'i' || mode === 'b')
  const required = inputs.length - row.defaults
  return {
    arguments: inputs.map(({ name, type }, index) => ({ name, type, required: index < required })),
    readOnly: !row.volatile,
    returnsSet: row.returns_set,
    returns: row.return_type === 'void' ? 'void' : row.composite ? 'row' : 'scalar',
  }
}
