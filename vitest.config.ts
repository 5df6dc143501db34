import { defineConfig } from 'vitest/config'

const project = (name: string, dir: string, extra: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`${dir}/**/*.test.ts`], ...extra },
})

export default defineConfig({
  test: {
    projects: [
      project('core', 'packages/core'),
      project('client', 'packages/client'),
      project('programs', 'packages/programs'),
      project('contracts', 'packages/contracts'),
      project('stack', 'packages/stack'),
      project('sdk', 'packages/sdk'),
      project('database', 'database/tests'),
      project('coordinator', 'apps/coordinator'),
      project('dapp', 'apps/dapp'),
      project('e2e', 'tests/e2e'),
    ],
  },
})
