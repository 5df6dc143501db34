import type { TestDatabase } from '../../packages/stack/src/testing/index.ts'

/** Columns whose check constraint is the list of states, and the type that core gives them. */
const columns = [
  { table: 'public.jobs', column: 'status', type: 'JobStatus', says: 'Where a job is in the queue.' },
  { table: 'oblivion.tasks', column: 'status', type: 'TaskStatus', says: 'Where a task is.' },
]

/** TypeScript unions of the states that the migrated database accepts: SQL decides, core only repeats. */
export async function generateStates({ query }: TestDatabase): Promise<string> {
  const types = await Promise.all(
    columns.map(async ({ table, column, type, says }) => {
      const [found] = await query<{ definition: string }>(
        `select pg_get_constraintdef(c.oid) as definition
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
        where c.contype = 'c' and c.conrelid = $1::regclass and a.attname = $2
          and pg_get_constraintdef(c.oid) like '%= ANY (ARRAY[%'`,
        [table, column],
      )
      const values = [...(found?.definition ?? '').matchAll(/('[^']*')::text/g)].map(([, value]) => value)
      if (values.length === 0) throw new Error(`${table}.${column} has no check constraint that lists its values`)
      return `/** ${says} From the check constraint of ${table}.${column}. */\nexport type ${type} =\n  | ${values.join('\n  | ')}\n`
    }),
  )
  return `// Generated from the database by \`pnpm generate states\`. Do not edit.\n\n${types.join('\n')}`
}
