import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tools/test/LongestFirst.ts'

/** Time limits only end what hangs: a test waits for events, so none of them is a measure of speed. */
const guards = {
  // The longest test takes some 45 s, on a machine of its own.
  testTimeout: 480_000,
  hookTimeout: 480_000,
  teardownTimeout: 30_000,
  expect: { poll: { timeout: 90_000 } },
}

type Extra = { globalSetup?: string[] }

/** Gives `inject('cluster')`: one embedded PostgreSQL a run, started only where one of these projects runs. */
const cluster = { globalSetup: ['packages/stack/src/testing/globalSetup.ts'] }

/** Quick projects share the cores and run first. */
const light = (name: string, dir: string, extra: Extra = {}) => ({
  test: { ...guards, name, include: [`${dir}/**/*.test.{ts,tsx}`], maxWorkers: 2, ...extra },
})

/** Projects that start servers: four files at a time on two cores, since half of their time goes by in waiting. */
const served = (name: string, dir: string, extra: Extra = {}) => inGroup(1, 4, name, dir, extra)

/** Projects that drive browsers come after all before; three files at a time, since a browser draws without a GPU. */
const browsers = (name: string, dir: string, extra: Extra = {}) => inGroup(2, 3, name, dir, extra)

const inGroup = (groupOrder: number, maxWorkers: number, name: string, dir: string, extra: Extra) => ({
  test: { ...guards, name, include: [`${dir}/**/*.test.{ts,tsx}`], maxWorkers, sequence: { groupOrder }, ...extra },
})

export default defineConfig({
  test: {
    // A test that needs a second try is broken.
    retry: 0,
    sequence: { sequencer: LongestFirst },
    projects: [
      light('core', 'packages/core'),
      light('client', 'packages/client', cluster),
      light('programs', 'packages/programs'),
      light('dapp', 'apps/dapp/tests'),
      // Fuzzing takes long on one core: others use the second meanwhile.
      served('contracts', 'packages/contracts'),
      // Each of these runs compilers over the whole tree.
      served('house', 'tests/{planted,generated}'),
      served('database', 'database/tests', cluster),
      served('stack', 'packages/stack', cluster),
      served('coordinator', 'apps/coordinator', cluster),
      served('cli', 'apps/cli', cluster),
      browsers('sdk', 'packages/sdk'),
      served('pages', 'apps/dapp/browser'),
      browsers('e2e', 'tests/e2e', cluster),
    ],
  },
})
