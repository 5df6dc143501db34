import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyHouse, type Fault, type House } from './copyHouse.ts'

let house: House
beforeAll(() => {
  house = copyHouse()
})
afterAll(() => house.remove())

const becomes = (text: string) => () => text
const gets = (text: string) => (before: string) => before + text

/** The compiler takes its seconds for each project: those without a fault are left out. */
const otherProjects = ['cli', 'coordinator']
  .map((name) => `apps/${name}/tsconfig.json`)
  .concat(['client', 'contracts', 'programs', 'sdk', 'stack'].map((name) => `packages/${name}/tsconfig.json`))
  .concat('packages/tsconfig.sdk.json')

const planted: Record<string, [what: string, fault: Fault, says: RegExp | RegExp[]][]> = {
  imports: [
    [
      'core imports a package above it',
      { 'packages/core/src/plantedUp.ts': becomes("import '../../client/src/index.ts'\n") },
      /imports-of-packages-core: packages\/core\/src\/plantedUp\.ts → packages\/client/,
    ],
    [
      'a type is imported from above',
      { 'packages/client/src/planted.ts': becomes("import type {} from '../../sdk/src/index.ts'\n") },
      /imports-of-packages-client: packages\/client\/src\/planted\.ts → packages\/sdk/,
    ],
    [
      'an app imports the stack',
      {
        'apps/coordinator/src/planted.ts': becomes(
          "export const stack = import('../../../packages/stack/src/index.ts')\n",
        ),
      },
      /imports-of-apps-coordinator: .* → packages\/stack/,
    ],
    [
      'an app imports an app',
      {
        'apps/dapp/src/planted.ts': becomes("import '../../coordinator/src/plantedToo.ts'\n"),
        'apps/coordinator/src/plantedToo.ts': becomes('export {}\n'),
      },
      /no-app-imports-an-app: apps\/dapp\/src\/planted\.ts → apps\/coordinator/,
    ],
    [
      'core reaches for Node',
      { 'packages/core/src/plantedFs.ts': becomes("import 'node:fs'\n") },
      /core-is-pure: packages\/core\/src\/plantedFs\.ts → fs/,
    ],
    [
      'the worker takes a heavy library along',
      { 'packages/sdk/src/planted.ts': becomes("import '../../../packages/stack/node_modules/viem'\n") },
      /worker-stays-light/,
    ],
    [
      'two files need each other',
      {
        'packages/core/src/planted.ts': becomes("import './plantedToo.ts'\n"),
        'packages/core/src/plantedToo.ts': becomes("import './planted.ts'\n"),
      },
      /no-cycle/,
    ],
    [
      'a new package has no floor',
      { 'packages/planted/src/index.ts': becomes("import '../../core/src/index.ts'\n") },
      /unknown-part: packages\/planted/,
    ],
  ],
  lint: [
    [
      'a barrel inside a package',
      { 'packages/core/src/money/index.ts': becomes("export { feeOfChunk } from './feeOfChunk.ts'\n") },
      /noBarrelFile/,
    ],
    [
      'export *, even from an entry file',
      { 'packages/core/src/index.ts': gets("export * from './money/feeOfChunk.ts'\n") },
      /noReExportAll/,
    ],
    ['any', { 'packages/core/src/plantedAny.ts': becomes('export const wild = (x: any) => x\n') }, /noExplicitAny/],
    [
      'a promise that nobody waits for',
      { 'packages/client/src/planted.ts': becomes('const later = async () => 1\nlater()\n') },
      /noFloatingPromises/,
    ],
    [
      'a clock in core',
      { 'packages/core/src/plantedClock.ts': becomes('export const now = () => new Date()\n') },
      /no clock/,
    ],
    [
      'randomness in core',
      { 'packages/core/src/plantedDice.ts': becomes('export const dice = () => Math.random()\n') },
      /no randomness/,
    ],
    [
      'a skipped test',
      { 'packages/core/tests/planted.test.ts': becomes("import { test } from 'vitest'\n\ntest.skip('x', () => {})\n") },
      /noSkippedTests/,
    ],
    ['a wrong format', { 'apps/dapp/src/planted.ts': becomes('export const a = "b";\n') }, /planted\.ts format/],
  ],
  python: [
    [
      'a comparison that Python warns of, and a line that it cannot read',
      {
        'apps/python-worker/planted.py': becomes("print('a' is 'b')\n"),
        'apps/python-worker/oblivion_worker/planted.py': becomes('def planted(:\n'),
      },
      [/"is" with .* literal/, /SyntaxError/],
    ],
  ],
  types: [
    [
      'a type error in an app or in a test, the DOM in core',
      {
        'apps/dapp/src/planted.ts': becomes('export const wrong: string = 1\n'),
        'packages/core/src/planted.ts': becomes('export const title = () => document.title\n'),
        'packages/core/tests/planted.test.ts': becomes('export const wrong: string = 1\n'),
      },
      [
        /apps\/dapp\/src\/planted\.ts\(1,14\): error TS2322/,
        /packages\/core\/src\/planted\.ts\(1,28\): error TS2584/,
        /packages\/core\/tests\/planted\.test\.ts\(1,14\): error TS2322/,
      ],
    ],
    [
      'a file that no project covers',
      { 'database/planted.ts': becomes('export {}\n') },
      /database\/planted\.ts is in no tsconfig\.json/,
    ],
    [
      'a project of no files, which is an error too',
      Object.fromEntries(otherProjects.map((file) => [file, becomes('{ "files": [] }')])),
      otherProjects.map((file) => new RegExp(`in ${file}`)),
    ],
  ],
  unused: [
    [
      'an export that nobody uses',
      { 'packages/core/src/money/feeOfChunk.ts': gets('\nexport const plantedExport = 1\n') },
      /plantedExport/,
    ],
    [
      'a dependency that nobody uses, a file that nobody imports',
      {
        'packages/programs/package.json': (text) =>
          text.replace('"dependencies": {', '"dependencies": { "viem": "2.57.20",'),
        'packages/programs/src/planted.ts': becomes('export {}\n'),
      },
      [/packages\/programs\/src\/planted\.ts/, /viem +packages\/programs\/package\.json/],
    ],
  ],
  docs: [
    [
      'a dead link, a command that is none, an example that does not compile',
      {
        'docs/planted.md': becomes(
          '[gone](gone.md) [gone](#nowhere)\n\nRun `pnpm plant` or `pnpm --filter @oblivion/core run plant`.\n\n```ts\nexport const wrong: string = 1\n```\n',
        ),
        'docs/security.md': gets('\n| M99 | a | b | `access.test.ts`, `gone.test.ts`, `refusals.test.ts` |\n'),
      },
      [
        /gone\.md leads nowhere/,
        /no heading for #nowhere/,
        /"pnpm plant" is no script/,
        /plant" is no script of @oblivion\/core/,
        /docs\/planted\.md:6 .*TS2322/,
        /M99 names gone\.test\.ts, which is no test/,
        /M99 names refusals\.test\.ts, which is .*coordinator.* or .*database/,
        /no test that M99 names holds M99/,
      ],
    ],
  ],
  generated: [
    [
      'generated files that were edited, or whose source was',
      {
        'docs/errors.md': gets('by hand\n'),
        'packages/contracts/src/generated/settlement.ts': gets('// by hand\n'),
        'database/supabase/migrations/99999999999999_planted.sql': becomes('create table public.planted (id int);\n'),
      },
      [
        /database\.generated\.ts is stale\.\nMend it: pnpm generate types/,
        /settlement\.ts is stale/,
        /errors\.md/,
        /pnpm generate errors/,
        /fair_job_distribution\.sql is stale/,
      ],
    ],
  ],
  package: [
    [
      'an entry whose types are not there',
      {
        'packages/sdk/package.json': (text) => text.replace('./dist/embed.d.ts', './dist/embedding.d.ts'),
      },
      /publint: .*embedding\.d\.ts/,
    ],
  ],
  contracts: [
    [
      'a failing contract test',
      {
        'packages/contracts/solidity/test/Planted.t.sol': becomes(
          'pragma solidity ^0.8.0;\ncontract PlantedTest {\n  function test_planted() public pure {\n    revert("planted");\n  }\n}\n',
        ),
      },
      [/\[FAIL: planted\] test_planted\(\)/, /: \d{2,} tests passed, 1 failed, 0 skipped/],
    ],
  ],
}

/** All faults of a step at once, since a run reads the whole tree; two of them in one file would hide each other. */
function together(faults: readonly (readonly [string, Fault, ...unknown[]])[]): Fault {
  const all: Fault = {}
  for (const [what, fault] of faults) {
    for (const file of Object.keys(fault)) if (file in all) throw new Error(`${what}: ${file} has a fault already`)
    Object.assign(all, fault)
  }
  return all
}

/** Of 15 s and more each: these by `pnpm test:deep`. */
const slow = ['types', 'contracts', 'generated']
const steps = Object.entries(planted).filter(([step]) => process.env.PLANTED === 'all' || !slow.includes(step))

// That a step passes as the house stands is seen elsewhere: `pnpm test` begins with them.
test.each(steps)('check %s fails on each of its planted faults', async (step, faults) => {
  const { code, output } = await house.node(['tools/check.ts', step], together(faults))
  expect(code).toBe(1)
  for (const [what, , says] of faults) for (const words of [says].flat()) expect(output, what).toMatch(words)
})
