/**
 * `pnpm test`: all that CI runs, on a machine that has nothing but Node. It gets what the tests need from the system,
 * builds the pages once, runs the steps of `check`, then every test; its last line counts them.
 */
import { runSteps } from './check/runSteps.ts'
import { buildPages } from './test/buildPages.ts'
import { ensureSystem } from './test/ensureSystem.ts'
import { runVitest } from './test/runVitest.ts'

const missing = await ensureSystem()
if (missing !== null) {
  console.error(missing)
  process.exit(1)
}
const built = await buildPages()
if (!built.ok) console.error(built.output)

const failedSteps = await runSteps(['lint', 'types', 'imports', 'unused', 'docs', 'generated', 'contracts', 'size'])
const { passed, failed } = await runVitest(process.argv.slice(2))

if (failedSteps.length > 0) console.error(`Failed steps of check: ${failedSteps.join(', ')}`)
const red = failed + failedSteps.length + (built.ok ? 0 : 1)
console.log(`\n${passed} passed, ${red} failed`)
process.exitCode = red === 0 && passed > 0 ? 0 : 1
