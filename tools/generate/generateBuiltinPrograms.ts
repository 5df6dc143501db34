import { builtinPrograms } from '../../packages/programs/src/index.ts'

/** The migration that tells the engine which built-in programs there are: the package that has them is the source. */
export function generateBuiltinPrograms(): Promise<string> {
  const rows = Object.keys(builtinPrograms).map((name) => `  ('${name}')`)
  return Promise.resolve(`-- Which built-in programs there are. Generated from packages/programs by \`pnpm generate builtins\`. Do not edit.

create table oblivion.builtin_programs (
  -- As stop_program() takes it: what cannot be named there could not be stopped, and would end the tick that tries to.
  name text primary key check (name ~ '^[a-z][a-z0-9_-]{0,99}$')
);
comment on table oblivion.builtin_programs is
  'The programs that every node brings with it, by name: a task of any other name would hold its budget for work that nobody can do.';
insert into oblivion.builtin_programs (name) values
${rows.join(',\n')};
-- A Python node registers once and keeps its key: it has a port of what there is now.
update public.nodes n
   set programs = (select array_agg(b.name order by b.name) from oblivion.builtin_programs b)
 where n.worker_type = 'python'
   and n.site_id is null;
`)
}
