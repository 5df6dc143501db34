import type { TestDatabase } from '../src/testing/index.ts'

const OURS = `n.nspname in ('public', 'oblivion', 'supabase_migrations')`

/** One query a kind of thing: each answers lines that say all that matters of one object, without any oid. */
const LISTINGS = {
  schemas: `select format('%s %s %s', n.nspname, n.nspowner::regrole, n.nspacl) from pg_namespace n where ${OURS}`,
  relations: `select format('%s.%s %s %s rls=%s/%s %s %s', n.nspname, c.relname, c.relkind, c.relowner::regrole,
      c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
  columns: `select format('%s.%s.%s #%s %s notnull=%s default=%s generated=%s identity=%s %s', n.nspname, c.relname,
      a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
      a.attgenerated, a.attidentity, a.attacl)
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where ${OURS} and a.attnum > 0 and not a.attisdropped`,
  views: `select format('%s.%s %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('v', 'm')`,
  indexes: `select format('%s', pg_get_indexdef(i.indexrelid))
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
  constraints: `select format('%s.%s %s %s', n.nspname, x.conrelid::regclass, x.conname, pg_get_constraintdef(x.oid))
    from pg_constraint x join pg_namespace n on n.oid = x.connamespace where ${OURS}`,
  functions: `select format('%s owner=%s %s', pg_get_functiondef(p.oid), p.proowner::regrole, p.proacl)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OURS} and p.prokind in ('f', 'p')`,
  triggers: `select pg_get_triggerdef(t.oid) || t.tgenabled::text
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and (${OURS} or n.nspname in ('auth', 'realtime', 'storage'))`,
  policies: `select format('%s.%s %s %s %s %s using=%s check=%s', schemaname, tablename, policyname, permissive, roles, cmd,
      qual, with_check) from pg_policies`,
  types: `select format('%s.%s %s %s %s', n.nspname, t.typname, t.typtype, t.typacl,
      (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${OURS}`,
  sequences: `select format('%s.%s %s %s %s %s', s.schemaname, s.sequencename, s.data_type, s.start_value, s.increment_by,
      s.cycle) from pg_sequences s join pg_namespace n on n.nspname = s.schemaname where ${OURS}`,
  defaults: `select format('%s %s %s %s', d.defaclrole::regrole, d.defaclnamespace::regnamespace, d.defaclobjtype,
      d.defaclacl) from pg_default_acl d`,
  comments: `select format('%s %s', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description)
    from pg_description d
    where pg_describe_object(d.classoid, d.objoid, d.objsubid) ~ '(public|oblivion|supabase_migrations)'`,
  history: `select format('%s %s %s', version, name, to_json(statements)) from supabase_migrations.schema_migrations`,
} as const

/** Everything in our schemas, as sorted lines under their kind: two databases with equal listings are equal to us. */
export const listCatalogue = async (database: TestDatabase): Promise<Record<string, string[]>> => {
  const entries = Object.entries(LISTINGS).map(async ([kind, sql]) => {
    const rows = await database.query<{ line: string }>(`select l.line from (${sql}) as l (line)`)
    return [kind, rows.map(({ line }) => line).sort()] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
