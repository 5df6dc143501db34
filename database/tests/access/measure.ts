import type { Session } from '@oblivion/stack/testing'
import { type Caller, callers } from './declared.ts'
import type { World } from './world.ts'

/** Object -> caller -> what came of trying. */
export type Measured<Answer> = Record<string, Record<Caller, Answer>>

/**
 * Calls every function of public and oblivion as every caller, with what is A's where a parameter can name it and null
 * elsewhere. Nothing that a call does stays.
 */
export const measureFunctions = async (world: World): Promise<Measured<string>> => {
  const functions = await world.engine.query<{ schema: string; name: string; parameters: string }>(
    `select p.pronamespace::regnamespace::text as schema, p.proname as name,
            pg_get_function_identity_arguments(p.oid) as parameters
       from pg_catalog.pg_proc p
      where p.pronamespace in ('public'::regnamespace, 'oblivion'::regnamespace)
      order by 1 desc, 2, 3`,
  )
  return eachCaller(world, functions, ({ schema, name, parameters }) => ({
    object: `${schema}.${name}(${parameters})`,
    try: async (attempt, caller) => {
      const named = { ...world.named, ...world.namedBy[caller] }
      const { code } = await attempt(callOf(`${schema}.${name}`, parameters, named))
      if (code === DENIED) return '-'
      // OB018 refuses many things; by operators' functions it says that the caller is none.
      const refused = aboutTheCaller.has(code ?? '') || (code === 'OB018' && name.startsWith('operator_'))
      return refused ? (code as string) : 'yes'
    },
  }))
}

/** Refusals that say who may not: no wallet, another's address, node, node key, task. Others are about what was sent. */
const aboutTheCaller = new Set([
  'OB001',
  'OB002',
  'OB003',
  'OB004',
  'OB008',
  'OB010',
  'OB030',
  'OB031',
  'OB032',
  'OB040',
  'OB084',
])
const DENIED = '42501'

/** Through a row of arguments: a call of constants alone may be answered by the planner, which asks for no right. */
const callOf = (name: string, parameters: string, named: Record<string, string>): string => {
  const inputs = parameters.split(', ').filter((parameter) => parameter !== '' && !parameter.startsWith('OUT '))
  const values = inputs.map((parameter, index) => {
    const [, known = '', type = parameter] = /^(p_\w+) (.+)$/.exec(parameter) ?? []
    const value = named[known]
    return `${value === undefined ? 'null' : `'${value}'`}::${type} as a${index}`
  })
  const row = values.length === 0 ? 'select' : `select ${values.join(', ')}`
  return `with args as materialized (${row}) select ${name}(${inputs.map((_, index) => `a${index}`)}) from args`
}

type Relation = { name: string; kind: string; columns: string[]; by_column: string[]; total: number }

/** Tries every verb on every table, partition, view and sequence of public and oblivion as every caller. */
export const measureRelations = async (world: World): Promise<Measured<string[]>> => {
  const relations = await world.engine.query<Relation>(
    `select format('%s.%I', c.relnamespace::regnamespace, c.relname) as name, c.relkind as kind,
            array(select a.attname::text from pg_catalog.pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
            array(select r.role from unnest($1::text[]) as r (role)
                   where c.relkind <> 'S' and has_any_column_privilege(r.role, c.oid, 'select, insert, update')) as by_column,
            0 as total
       from pg_catalog.pg_class c
      where c.relnamespace in ('public'::regnamespace, 'oblivion'::regnamespace)
        and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      order by 1`,
    [[...new Set(Object.values(world.as).map(({ role }) => role))]],
  )
  for (const relation of relations) {
    const [counted] = await world.engine.query<{ total: number }>(`select count(*)::int as total from ${relation.name}`)
    relation.total = counted?.total ?? 0
  }
  return eachCaller(world, relations, (relation) => ({
    object: relation.name,
    try: relation.kind === 'S' ? trySequence(relation) : tryTable(relation, world),
  }))
}

type Outcome = { code: string | null; rows: Record<string, unknown>[] }
type Attempt = (sql: string) => Promise<Outcome>
type Try<Answer> = (attempt: Attempt, caller: Caller) => Promise<Answer>

const trySequence =
  ({ name }: Relation): Try<string[]> =>
  async (attempt) =>
    reached([
      ['select: all', await attempt(`select last_value from ${name}`)],
      ['usage', await attempt(`select nextval('${name}')`)],
      ['update', await attempt(`select setval('${name}', 1)`)],
    ])

/** Column by column only where the catalogue knows of such a right: it costs ten times the statements. */
const tryTable =
  ({ name, columns, by_column, total }: Relation, { as }: World): Try<string[]> =>
  async (attempt, caller) => {
    const forColumns = async (verb: string, sql: (columns: string[]) => string): Promise<string[]> => {
      const whole = await attempt(sql(columns))
      if (isReached(whole)) return [verb]
      if (!by_column.includes(as[caller].role)) return []
      const open: string[] = []
      for (const column of columns) if (isReached(await attempt(sql([column])))) open.push(column)
      return open.length === 0 ? [] : [`${verb}(${open.join(',')})`]
    }
    const select = await forColumns('select', (some) => `select ${some.join(', ')} from ${name} limit 0`)
    const seen = select.length === 0 ? 0 : Number((await attempt(`select count(*) as seen from ${name}`)).rows[0]?.seen)
    const meets = seen === 0 ? 'none' : seen === total ? 'all' : 'own'
    return [
      ...select.map((right) => `${right}: ${meets}`),
      ...(await forColumns('insert', (some) => `insert into ${name} (${some}) values (${some.map(() => 'default')})`)),
      ...(await forColumns('update', (some) => `update ${name} set ${some.map((column) => `${column} = default`)}`)),
      ...reached([
        ['delete', await attempt(`delete from ${name}`)],
        ['truncate', await attempt(`truncate ${name}`)],
      ]),
    ]
  }

const reached = (attempts: [string, Outcome][]): string[] =>
  attempts.flatMap(([right, outcome]) => (isReached(outcome) ? [right] : []))

/** Besides a missing right: what no right lets anybody do, to write through a view of several tables or to truncate one. */
const refusals = new Set([DENIED, '55000', '42809'])
const isReached = ({ code }: Outcome): boolean => !refusals.has(code ?? '')

type Trial<Answer> = { object: string; try: Try<Answer> }

/** One transaction a caller, rolled back to its beginning before each try. */
const eachCaller = async <Item, Answer>(
  { engine, as }: World,
  items: Item[],
  trialOf: (item: Item) => Trial<Answer>,
): Promise<Measured<Answer>> => {
  const measured: Record<string, Partial<Record<Caller, Answer>>> = {}
  const trials = items.map(trialOf)
  for (const caller of callers)
    await engine.database.as(as[caller], async (session) => {
      await session.query('savepoint before')
      for (const trial of trials) {
        const answer = await trial.try((sql) => attemptOn(session, sql), caller)
        measured[trial.object] = { ...measured[trial.object], [caller]: answer }
      }
      await session.query('rollback to savepoint before')
    })
  return measured as Measured<Answer>
}

const attemptOn = async ({ query }: Session, sql: string): Promise<Outcome> => {
  await query('rollback to savepoint before')
  try {
    return { code: null, rows: await query(sql) }
  } catch (error) {
    const { code = 'no code', message = '' } = error as { code?: string; message?: string }
    // A row policy refuses a row by the same code as a missing right; but then the right is there.
    return { code: message.includes('row-level security') ? 'row policy' : code, rows: [] }
  }
}
