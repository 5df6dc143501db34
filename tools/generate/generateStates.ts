import type { TestDatabase } from '../../packages/stack/src/testing/index.ts'

/** Where the database lists the states of a column, and the type that core gives them. */
const columns = [
  {
    ...{ type: 'JobStatus', says: 'Where a job is in the queue. From oblivion.job_fault().' },
    // A row that every job writes has no check constraint; the trigger's function says what is one.
    definition: `select prosrc as definition from pg_proc where oid = 'oblivion.job_fault(public.jobs)'::regprocedure`,
    list: /status not in \(([^)]*)\)/,
  },
  {
    ...{ type: 'TaskStatus', says: 'Where a task is. From the check constraint of oblivion.tasks.status.' },
    definition: `select pg_get_constraintdef(c.oid) as definition
      from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
      where c.contype = 'c' and c.conrelid = 'oblivion.tasks'::regclass and a.attname = 'status'`,
    list: /= ANY \(\(?ARRAY\[(.*?)\]/,
  },
]

/** TypeScript unions of the states that the migrated database accepts: SQL decides, core only repeats. */
export async function generateStates({ query }: TestDatabase): Promise<string> {
  const types = await Promise.all(
    columns.map(async ({ type, says, definition, list }) => {
      const [found] = await query<{ definition: string }>(definition)
      const listed = list.exec(found?.definition ?? '')?.[1] ?? ''
      const values = [...listed.matchAll(/'[^']*'/g)].map(([value]) => value)
      if (values.length === 0) throw new Error(`The database lists no values for ${type}.`)
      return `/** ${says} */\nexport type ${type} =\n  | ${values.join('\n  | ')}\n`
    }),
  )
  return `// Generated from the database by \`pnpm generate states\`. Do not edit.\n\n${types.join('\n')}`
}
