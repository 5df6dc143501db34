import { type Outcome, run } from '../run.ts'

/** Builds what tests load into a browser, in the order in which one uses the other. */
export async function buildPages(): Promise<Outcome> {
  const builds = [
    ['node', 'packages/programs/build.ts'],
    ['node', 'packages/sdk/build.ts'],
    ['vite', 'build', 'apps/dapp'],
  ]
  for (const [command = '', ...args] of builds) {
    const outcome = await run(command, args)
    if (!outcome.ok) return { ok: false, output: `${command} ${args.join(' ')} failed:\n${outcome.output}` }
  }
  return { ok: true, output: '' }
}
