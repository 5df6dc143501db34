import type { TestDatabase } from '@oblivion/stack/testing'

type Query = Pick<TestDatabase, 'query'>['query']

/** Everything that a database holds besides rows, one line each, in order: two databases with equal listings are alike. */
export const catalogue = async (query: Query): Promise<string[]> => {
  const rows = await query<{ line: string }>(`
    select line from (
      select format('schema %s %s', n.nspname, n.nspacl) as line from pg_namespace n where n.nspname !~ '^pg_(toast|temp)'
      union all
      select format('relation %s %s %s rls %s %s', c.relkind, c.oid::regclass, c.relacl, c.relrowsecurity, c.reloptions)
        from pg_class c
      union all
      select format('column %s.%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl)
        from pg_attribute a where a.attnum > 0 and not a.attisdropped
      union all
      select format('function %s %s %s %s %s', p.oid::regprocedure, p.proacl, p.prosecdef, p.proconfig, md5(p.prosrc)) from pg_proc p
      union all
      select format('type %s', t.oid::regtype) from pg_type t
      union all
      select format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) from pg_constraint k
      union all
      select format('trigger %s %s %s', t.tgrelid::regclass, t.tgname, t.tgenabled) from pg_trigger t where not t.tgisinternal
      union all
      select format('policy %s %s %s', p.polrelid::regclass, p.polname, pg_get_expr(p.polqual, p.polrelid)) from pg_policy p
      union all
      select format('default rights %s %s %s %s', d.defaclrole::regrole, d.defaclnamespace, d.defaclobjtype, d.defaclacl)
        from pg_default_acl d
      union all
      select format('role %s %s %s', r.rolname, r.rolcanlogin, r.rolsuper) from pg_roles r
      union all
      select format('member %s of %s', m.member::regrole, m.roleid::regrole) from pg_auth_members m
      union all
      select format('comment %s %s', d.classoid::regclass, md5(d.description)) from pg_description d
    ) x
    -- TOAST tables are named after the number of their table.
    where line !~ 'pg_toast_[0-9]'
    order by line collate "C"`)
  return rows.map(({ line }) => line)
}
