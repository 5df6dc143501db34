import { type Outcome, run } from '../run.ts'
import { checkDocs } from './checkDocs.ts'
import { checkPackage } from './checkPackage.ts'
import { checkPython } from './checkPython.ts'
import { checkSize } from './checkSize.ts'
import { checkTypes } from './checkTypes.ts'

type Step = { says: string; run: () => Promise<Outcome> }

/** Projects of vitest that are quick enough for every commit; `pnpm test` runs all. */
const quickProjects = ['core', 'client', 'programs', 'dapp']

export const steps = {
  lint: {
    says: 'format and lint',
    run: () => run('biome', ['check', '--error-on-warnings', '--max-diagnostics=30', '.']),
  },
  python: { says: 'Python compiles without a warning', run: checkPython },
  types: { says: 'types of every package, app, tool and test', run: checkTypes },
  imports: {
    says: 'imports point down, core is pure, no cycle',
    run: () =>
      run('depcruise', ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', 'packages', 'apps']),
  },
  unused: {
    says: 'no unused file, export or dependency',
    run: () => run('knip', ['--no-progress', '--no-config-hints']),
  },
  docs: { says: 'links lead somewhere, commands exist, examples compile', run: checkDocs },
  generated: { says: 'generated files are fresh', run: () => run('node', ['tools/generate.ts', '--check']) },
  contracts: {
    says: 'tests of the contracts',
    run: () => run('node', ['packages/contracts/foundry/main.ts', 'test']),
  },
  size: { says: 'the worker fits its budget', run: checkSize },
  package: { says: 'the SDK as a stranger installs it', run: checkPackage },
  tests: {
    says: 'unit tests',
    run: () => run('vitest', ['run', ...quickProjects.flatMap((name) => ['--project', name])]),
  },
} satisfies Record<string, Step>

export type StepName = keyof typeof steps

export function isStepName(name: string): name is StepName {
  return Object.hasOwn(steps, name)
}
