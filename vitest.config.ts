import { defineConfig } from 'vitest/config'

/** Time limits only end what hangs: a test waits for events, so none of them is a measure of speed. */
const guards = { testTimeout: 60_000, hookTimeout: 120_000, teardownTimeout: 30_000 }

type Extra = { globalSetup?: string[]; testTimeout?: number }

/** Gives `inject('cluster')`: one embedded PostgreSQL a run, started only where one of these projects runs. */
const cluster = { globalSetup: ['packages/stack/src/testing/globalSetup.ts'] }

/** Quick projects share the cores and run first. */
const light = (name: string, dir: string, extra: Extra = {}) => ({
  test: { ...guards, name, include: [`${dir}/**/*.test.{ts,tsx}`], maxWorkers: 2, ...extra },
})

let order = 0
/** A project that starts servers or browsers has the machine for itself: one file at a time, after those before it. */
const heavy = (name: string, dir: string, extra: Extra = {}) => {
  order += 1
  const alone = { fileParallelism: false, maxWorkers: 1, sequence: { groupOrder: order } }
  return { test: { ...guards, name, include: [`${dir}/**/*.test.{ts,tsx}`], ...alone, ...extra } }
}

export default defineConfig({
  test: {
    // A test that needs a second try is broken.
    retry: 0,
    projects: [
      light('core', 'packages/core'),
      light('client', 'packages/client', cluster),
      light('programs', 'packages/programs'),
      light('contracts', 'packages/contracts'),
      light('dapp', 'apps/dapp/tests'),
      // Each of these runs compilers over the whole tree.
      heavy('house', 'tests/{planted,generated}', { testTimeout: 300_000 }),
      heavy('database', 'database/tests', cluster),
      heavy('stack', 'packages/stack', cluster),
      heavy('coordinator', 'apps/coordinator', cluster),
      heavy('sdk', 'packages/sdk'),
      heavy('pages', 'apps/dapp/browser'),
      heavy('e2e', 'tests/e2e', cluster),
    ],
  },
})
