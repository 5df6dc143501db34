import { bundleNamedPrograms } from '../../packages/programs/build.ts'

/** As `store_program` takes it at most (`settings.max_inline_bytes`), in bytes; each is ASCII. */
const MOST = 65_536

/** The migration that keeps our named programs: the package that has them is the source. */
export async function generateNamedPrograms(): Promise<string> {
  const programs = Object.entries(await bundleNamedPrograms())
  for (const [name, { source }] of programs) {
    if (source.length > MOST || /[^\n\x20-\x7e]|\$program\$/.test(source)) {
      throw new Error(`${name} cannot be kept as it is: ${source.length} of ${MOST} B`)
    }
  }
  return `-- Programs of ours that nodes fetch by their hash: the stages of briefs. Generated from packages/programs by
-- \`pnpm generate named\`. Do not edit.

create table oblivion.named_programs (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  hash text not null references oblivion.programs
);
comment on table oblivion.named_programs is
  'Which program a task means that names one which is not built in: reviewed, since it is ours, and never on a Python node.';
insert into oblivion.programs (hash, kind, source, reviewed_at)
select encode(sha256(p.source), 'hex'), 'js', p.source, now()
  from (values
${programs.map(([, { source }]) => `(convert_to($program$${source}$program$, 'UTF8'))`).join(',\n')}
       ) as p (source)
on conflict (hash) do update set reviewed_at = coalesce(oblivion.programs.reviewed_at, now());
insert into oblivion.named_programs (name, hash) values
${programs.map(([name, { hash }]) => `  ('${name}', '${hash}')`).join(',\n')};
`
}
