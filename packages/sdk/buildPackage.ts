// Writes dist/*.js and dist/*.d.ts: the modules of the package as npm has it, with the workspace's own packages inside.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig } from 'tsdown'
import { bundlePrograms, bundleSupport } from '../programs/build.ts'

const dist = fileURLToPath(new URL('./dist/', import.meta.url))
const require = createRequire(import.meta.url)

/** What package.json exports, by the name of its file. */
const entries = {
  index: 'src/index.ts',
  react: 'src/react/index.ts',
  element: 'src/element/index.ts',
  embed: 'src/embed/index.ts',
  node: 'src/node/index.ts',
  testing: 'src/testing/index.ts',
}

/** The programs as text, in place of the module that makes them from their sources. */
const withPrograms = async (): Promise<NonNullable<InlineConfig['plugins']>> => {
  const programs = { builtins: await bundlePrograms(), support: await bundleSupport() }
  const code = `export const ownPrograms = async () => (${JSON.stringify(programs)})`
  return {
    name: 'with-programs',
    load: { filter: { id: /\/ownPrograms\.ts$/ }, handler: () => ({ code, moduleType: 'js' }) },
  }
}

const shared: InlineConfig = {
  config: false,
  cwd: import.meta.dirname,
  outDir: dist,
  clean: false,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // Its folder is where the compiler puts all declarations beside each other.
  tsconfig: '../tsconfig.sdk.json',
  deps: { neverBundle: ['react', /^node:/], alwaysBundle: [/^@oblivion\//, /^@noble\//] },
  logLevel: 'error',
}

/** Whose code is in these modules and in the pages, with the licences that have to go with it. */
const thirdParties = async (): Promise<string> => {
  const texts = ['comlink', '@noble/hashes'].map(async (name) => {
    const from = name === 'comlink' ? import.meta.url : require.resolve('@oblivion/core')
    const folder = packageFolder(createRequire(from).resolve(name === 'comlink' ? name : `${name}/sha2.js`), name)
    const license = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file)) ?? 'LICENSE'
    return `${name}\n\n${await readFile(join(folder, license), 'utf8')}`
  })
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`)
}

const packageFolder = (file: string, name: string): string => {
  const folder = dirname(file)
  return folder.endsWith(name) ? folder : packageFolder(folder, name)
}

/** Leaves dist/pages alone: `build.ts` writes that, and a running stack may serve it. */
export const buildPackage = async (): Promise<void> => {
  const old = (await readdir(dist)).filter((file) => /\.(js|d\.ts)$/.test(file))
  await Promise.all(old.map((file) => rm(join(dist, file))))
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  await build({ ...shared, entry: entries, plugins: await withPrograms(), dts: { tsgo: { path: tsc } } })
  // What Deno runs for each job: one file that shares nothing with the others.
  await build({ ...shared, entry: { denoMain: 'src/node/denoMain.ts' }, dts: false })
  await writeFile(join(dist, 'THIRD-PARTY.txt'), await thirdParties())
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPackage()
