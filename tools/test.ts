/**
 * `pnpm test`: all that CI runs, on a machine that has nothing but Node. It gets what the tests need from the system,
 * runs the steps of `check`, one of which builds the pages, then every test; its last line counts them.
 */
import { runSteps } from './check/runSteps.ts'
import { ensureSystem } from './test/ensureSystem.ts'
import { runVitest } from './test/runVitest.ts'

const missing = await ensureSystem()
if (missing !== null) {
  console.error(missing)
  process.exit(1)
}
// The compiler takes as long as all the others, and goes beside them. `contracts` and `tests` are vitest projects below.
const halves = await Promise.all([
  runSteps(['types']),
  runSteps(['lint', 'imports', 'unused', 'docs', 'generated', 'size', 'package']),
])
const failedSteps = halves.flat()
const { passed, failed } = await runVitest(process.argv.slice(2))

if (failedSteps.length > 0) console.error(`Failed steps of check: ${failedSteps.join(', ')}`)
const red = failed + failedSteps.length
console.log(`\n${passed} passed, ${red} failed`)
process.exitCode = red === 0 && passed > 0 ? 0 : 1
