/**
 * `pnpm test`: all that CI runs, on a machine that has nothing but Node. It gets what the tests need from the system,
 * runs the steps of `check`, one of which builds the pages, then every test; its last line counts them.
 */
import { join } from 'node:path'
import { runSteps } from './check/runSteps.ts'
import { root } from './run.ts'
import { ensureSystem } from './test/ensureSystem.ts'
import { runVitest } from './test/runVitest.ts'

// The tests start hundreds of processes: half of what each takes to start is what Node makes of our sources, and can keep.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/compiled')

/** Installs what is missing; where it cannot be, it ends the run with the sentence that says what to do. */
async function haveSystem(): Promise<void> {
  const missing = await ensureSystem()
  if (missing === null) return
  console.error(missing)
  process.exit(1)
}

// The compiler takes as long as all the other steps, and goes beside them; so does the installation, which none of them
// needs. `contracts` and `tests` are vitest projects below.
const [types, others] = await Promise.all([
  runSteps(['types']),
  runSteps(['lint', 'python', 'imports', 'unused', 'docs', 'generated', 'size', 'package']),
  haveSystem(),
])
const failedSteps = [...types, ...others]
const { passed, failed } = await runVitest(process.argv.slice(2))

if (failedSteps.length > 0) console.error(`Failed steps of check: ${failedSteps.join(', ')}`)
const red = failed + failedSteps.length
console.log(`\n${passed} passed, ${red} failed`)
process.exitCode = red === 0 && passed > 0 ? 0 : 1
