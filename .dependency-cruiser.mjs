/** Who may import whom: four floors, and imports point down only (ARCHITECTURE.md). Tests and tools may look anywhere. */
const mayImport = {
  'packages/core': [],
  'packages/client': ['packages/core'],
  'packages/programs': ['packages/core'],
  'packages/contracts': ['packages/core'],
  'packages/sdk': ['packages/client', 'packages/programs', 'packages/core'],
  'packages/stack': ['packages/contracts', 'packages/core'],
  'apps/dapp': ['packages/sdk', 'packages/client', 'packages/programs', 'packages/contracts', 'packages/core'],
  'apps/coordinator': [
    'packages/sdk/src/node',
    'packages/client',
    'packages/programs',
    'packages/contracts',
    'packages/core',
  ],
  'apps/cli': ['packages/sdk/src/node', 'packages/client', 'packages/programs', 'packages/contracts', 'packages/core'],
}
const tests = String.raw`/(tests|bench|browser)/|\.test\.tsx?$`
const inFolder = (folders) => `^(${folders.join('|')})/`

const imports = Object.entries(mayImport).map(([part, others]) => ({
  name: `imports-of-${part.replace('/', '-')}`,
  comment: `${part} may import ${others.length > 0 ? others.join(', ') : 'no other package'}; imports point down only.`,
  severity: 'error',
  from: { path: inFolder([part]), pathNot: tests },
  to: { path: '^(packages|apps|tools|tests)/', pathNot: inFolder([part, ...others]) },
}))

export default {
  forbidden: [
    ...imports,
    {
      name: 'unknown-part',
      comment: 'A new package or app needs a line in the table of .dependency-cruiser.mjs first.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: inFolder(Object.keys(mayImport)) },
      to: {},
    },
    {
      name: 'no-app-imports-an-app',
      comment: 'An app is a door of its own: move what two of them need down into a package. Tests are no exception.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'core-is-pure',
      comment: 'core has no Node and no DOM: pass what it needs as an argument.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-code-has-no-node',
      comment: 'These files run in browsers, where Node built-ins do not exist.',
      severity: 'error',
      from: {
        path: '^(packages/(client|programs|sdk)|apps/dapp)/src/',
        pathNot: `^packages/sdk/src/node/|${tests}`,
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'worker-stays-light',
      comment: 'The SDK and what it bundles have a budget of 15 kB gzip: no supabase-js, no viem.',
      severity: 'error',
      from: { path: '^packages/(client|core|programs|sdk)/', pathNot: tests },
      to: { path: 'node_modules/(@supabase|viem|wagmi|@wagmi)/' },
    },
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one idea, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolves',
      comment: 'This import leads nowhere: is it spelled right, and a dependency of this very package?',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API for tools; swc parses in its place and keeps `import type`.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default', 'types'] },
  },
}
