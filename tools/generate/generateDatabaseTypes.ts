import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestDatabase } from '../../packages/stack/src/testing/index.ts'
import { root } from '../run.ts'

/**
 * Supabase's own types of the schema that clients see. Its CLI needs neither docker nor a login for this, only the
 * database. It may print a remark before the types and shorthands behind them that nobody here uses: both are cut off.
 * It keeps a settings folder in HOME, which this run has to itself.
 */
export async function generateDatabaseTypes({ url }: TestDatabase): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'oblivion-supabase-'))
  try {
    const { stdout, stderr } = await promisify(execFile)(
      join(root, 'node_modules/.bin/supabase'),
      ['gen', 'types', '--lang', 'typescript', '--schema', 'public', `--remote=${url}`, '--agent', 'no'],
      { cwd: home, env: { ...process.env, HOME: home, PGSSLMODE: 'disable', DO_NOT_TRACK: '1' }, maxBuffer: 2 ** 26 },
    )
    const start = stdout.indexOf('export type Json')
    const end = stdout.indexOf('type DatabaseWithoutInternals')
    if (start < 0 || end < start) throw new Error(`supabase gen types printed no types:\n${stdout}${stderr}`)
    return `// Generated from the database by \`pnpm generate types\`. Do not edit.\n\n${stdout.slice(start, end)}`
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}
