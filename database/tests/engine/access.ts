import type { TestDatabase } from '@oblivion/stack/testing'

export const roles = ['anon', 'authenticated', 'service_role', 'oblivion_coordinator'] as const
export type Role = (typeof roles)[number]

/** What the catalogue says: object -> role -> rights. Roles without a right are left out. */
export type Grants = Record<string, Partial<Record<Role, string>>>

type Query = Pick<TestDatabase, 'query'>['query']
type Row = { object: string; role: Role; rights: string }

const collect = (rows: Row[]): Grants => {
  const grants: Grants = {}
  for (const { object, role, rights } of rows)
    grants[object] = { ...grants[object], ...(rights === '' ? {} : { [role]: rights }) }
  return grants
}

/** Every function of public and oblivion, by signature. */
export const functionGrants = async (query: Query): Promise<Grants> =>
  collect(
    await query<Row>(
      `select format('%s.%s(%s)', p.pronamespace::regnamespace, p.proname, pg_get_function_identity_arguments(p.oid)) as object,
              r.role,
              case when has_function_privilege(r.role, p.oid, 'execute') then 'execute' else '' end as rights
         from pg_catalog.pg_proc p
        cross join unnest($1::text[]) as r (role)
        where p.pronamespace in ('public'::regnamespace, 'oblivion'::regnamespace)`,
      [roles],
    ),
  )

/** Every table, view and sequence of public and oblivion: rights on the whole, then column rights that go beyond them. */
export const relationGrants = async (query: Query): Promise<Grants> =>
  collect(
    await query<Row>(
      `select c.oid::regclass::text as object, r.role,
              concat_ws(' ',
                (select string_agg(v.verb, ' ' order by v.place)
                   from unnest(case c.relkind when 'S' then array['select', 'update', 'usage']
                          else array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'] end)
                     with ordinality as v (verb, place)
                  where case when c.relkind = 'S' then has_sequence_privilege(r.role, c.oid, v.verb)
                             else has_table_privilege(r.role, c.oid, v.verb) end),
                (select string_agg(format('%s(%s)', k.verb, k.columns), ' ' order by k.verb desc)
                   from (
                     select v.verb, string_agg(a.attname, ',' order by a.attnum) as columns
                       from pg_catalog.pg_attribute a
                      cross join unnest(array['select', 'insert', 'update', 'references']) as v (verb)
                      where c.relkind <> 'S'
                        and a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                        and has_column_privilege(r.role, c.oid, a.attnum, v.verb)
                        and not has_table_privilege(r.role, c.oid, v.verb)
                      group by v.verb) k)) as rights
         from pg_catalog.pg_class c
        cross join unnest($1::text[]) as r (role)
        where c.relnamespace in ('public'::regnamespace, 'oblivion'::regnamespace)
          and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,
      [roles],
    ),
  )

/** Where the catalogue differs from an allow-list, one line each; empty where it does not. What no list names may do nothing. */
export const differences = (actual: Grants, allowed: Grants): string[] =>
  [...new Set([...Object.keys(actual), ...Object.keys(allowed)])].sort().flatMap((object) => {
    if (actual[object] === undefined) return [`${object} is in the list and not in the database`]
    return roles.flatMap((role) => {
      const has = actual[object]?.[role] ?? 'nothing'
      const may = allowed[object]?.[role] ?? 'nothing'
      return has === may ? [] : [`${role} has ${has} on ${object}, and may ${may}`]
    })
  })
