/**
 * `pnpm check [step ...]`: everything that must hold before a commit. One line a step; what failed prints its tool's
 * output and makes the exit red. `pnpm test` runs the quick steps as well.
 */
import { runSteps } from './check/runSteps.ts'
import { isStepName, type StepName, steps } from './check/steps.ts'

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !isStepName(name))

if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}.`)
  process.exitCode = 2
} else {
  const names = wanted.length > 0 ? wanted.filter(isStepName) : (Object.keys(steps) as StepName[])
  const failed = await runSteps(names)
  if (failed.length > 0) {
    console.error(`\nFailed: ${failed.join(', ')}. One step alone: pnpm check ${failed[0]}`)
    process.exitCode = 1
  }
}
