/**
 * `pnpm test:deep`: at its whole size what `pnpm test` runs shortened. A single run of another size: RACE_JOBS=50000 and
 * vitest, as below.
 */
import { run } from './run.ts'

const { ok, output } = await run('vitest', ['run', '--project', 'database', 'database/tests/racesAtScale.test.ts'], {
  RACE_JOBS: '20000',
})
process.stdout.write(output)
if (!ok) process.exitCode = 1
