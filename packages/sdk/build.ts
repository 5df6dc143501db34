// Writes dist/pages: what the bridge's and the sandbox's origin serve, and headers.json: with which headers.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { bundlePrograms, bundleSupport, type ProgramFile } from '../programs/build.ts'
import { headersOf } from './headersOf.ts'

/** The whole worker, bridge + agent + sandbox, gzipped: the nearest peer ships 592 kB. */
const LIMIT = 15 * 1024

const shared: BuildOptions = {
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  write: false,
}
const path = (entry: string): string => fileURLToPath(new URL(entry, import.meta.url))

/** One classic script: it leaves no global, and an `import()` in it stays. */
const bundleScript = async (entry: string, define: Record<string, string> = {}): Promise<string> => {
  const { outputFiles } = await build({ ...shared, entryPoints: [path(entry)], format: 'iife', define })
  return outputFiles?.[0]?.text ?? ''
}

/**
 * Leaves the sentences of errors out: bridge and agent tell the page a code, and the page has the words. A twentieth of the
 * worker's size.
 */
const withoutWords: Plugin = {
  name: 'without-words',
  setup: ({ onLoad }) => {
    onLoad({ filter: /core\/src\/errors\/\w+Errors\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')).replace(/^ {2}(name|sentence|hint):\s+'[^\n]*',\n/gm, ''),
      loader: 'ts',
    }))
  },
}

/** Bridge and agent as modules, with what both need (comlink, mostly) in a third. */
const bundleModules = async (define: Record<string, string>): Promise<[string, string][]> => {
  const { outputFiles = [] } = await build({
    ...shared,
    entryPoints: { bridge: path('./src/bridge/main.ts'), agent: path('./src/agent/main.ts') },
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
    outdir: '/',
    define,
    plugins: [withoutWords],
  })
  return outputFiles.map(({ path: file, text }) => [file.slice(file.lastIndexOf('/') + 1), text])
}

const html = (body: string): string => `<!doctype html><meta charset="utf-8"><title>Oblivion</title><body>${body}\n`

/** All files by path, made in memory; tests bring programs that misbehave. */
export const buildPages = async (more: Record<string, ProgramFile> = {}): Promise<Map<string, string>> => {
  const programs = { ...(await bundlePrograms()), ...more }
  const support = await bundleSupport()
  const builtins = Object.fromEntries(Object.entries(programs).map(([name, { hash }]) => [name, hash]))
  const modules = await bundleModules({
    OBLIVION_PROGRAMS: JSON.stringify({ builtins, js: support.js.hash, wasm: support.wasm.hash }),
  })
  const jobThread = await bundleScript('./src/sandbox/jobThread.ts')
  const shim = await bundleScript('./src/sandbox/shim.ts', { OBLIVION_JOB_THREAD: JSON.stringify(jobThread) })
  if (/<\/script|<!--/i.test(shim)) throw new Error('The shim cannot be inlined: it contains markup.')
  const shimHash = createHash('sha256').update(shim).digest('base64')
  const files = new Map([
    ['bridge.html', html('<script type="module" src="bridge.js"></script>')],
    ...modules,
    ['sandbox.html', html(`<script>${shim}</script>`)],
    ['headers.json', `${JSON.stringify(headersOf(shimHash), null, 2)}\n`],
  ])
  for (const { file, source } of [support.js, support.wasm, ...Object.values(programs)])
    files.set(`programs/${file}`, source)
  return files
}

/** Size of the worker by file, gzipped. */
export const sizesOf = (files: ReadonlyMap<string, string>): Record<string, number> =>
  Object.fromEntries(
    [...files]
      .filter(([name]) => /^[^/]+\.(js|html)$/.test(name))
      .map(([name, text]) => [name, gzipSync(text, { level: 9 }).length]),
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = new URL('./dist/pages/', import.meta.url)
  const files = await buildPages()
  await rm(dist, { recursive: true, force: true })
  for (const [path, text] of files) {
    const file = new URL(path, dist)
    await mkdir(new URL('.', file), { recursive: true })
    await writeFile(file, text)
  }
  const sizes = sizesOf(files)
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0)
  for (const [name, size] of Object.entries(sizes)) console.log(`${name.padEnd(22)}${size} B gzip`)
  console.log(`${'the worker'.padEnd(22)}${total} B gzip of ${LIMIT} allowed`)
  const page = await bundleScript('./src/index.ts')
  console.log(`${'page side'.padEnd(22)}${gzipSync(page, { level: 9 }).length} B gzip, inside the app that imports it`)
  if (total > LIMIT) process.exitCode = 1
}
