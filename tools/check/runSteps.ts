import type { Outcome } from '../run.ts'
import { type StepName, steps } from './steps.ts'

/** Runs steps one after another, prints a line for each, and answers the names of those that failed. */
export async function runSteps(names: StepName[]): Promise<StepName[]> {
  const failed: StepName[] = []
  for (const name of names) {
    const began = performance.now()
    const { ok, output } = await steps[name].run().catch(asOutcome)
    const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5)
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds} s  ${steps[name].says}`)
    if (ok) continue
    console.log(output.trimEnd())
    failed.push(name)
  }
  return failed
}

/** A step that could not do its work is a step that failed. */
function asOutcome(error: unknown): Outcome {
  const hint = error instanceof Error && 'hint' in error ? `\n${error.hint}` : ''
  return { ok: false, output: error instanceof Error ? `${error.message}${hint}` : String(error) }
}
