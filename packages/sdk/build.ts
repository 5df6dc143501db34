// Writes dist/pages: what the bridge's and the sandbox's origin serve, and headers.json: with which headers.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { bundlePrograms, bundleSupport, type ProgramFile } from '../programs/build.ts'
import type { LaterFiles } from './src/agent/LaterFiles.ts'
import { headersOf } from './src/node/headersOf.ts'
import { weighPages } from './weighPages.ts'

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
 * Leaves the sentences and names of errors out: bridge and agent tell the page a code, and the page has the words. A twentieth of the
 * worker's size.
 */
const withoutWords: Plugin = {
  name: 'without-words',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /\/OblivionError\.ts$/ }, () => ({ path: path('./src/agent/BareError.ts') }))
    onLoad({ filter: /core\/src\/errors\/\w+Errors\.ts$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8'))
        .replace(/^ {2}(name|sentence|hint):\s+'[^\n]*',\n/gm, '')
        .replace(/^ {2}override name = .*\n/gm, '')
        // A class with its code alone needs no reason beside it.
        .replace(/const (\w+) = (\{\s*code: '\w+',\s*\}) as const[\s\S]*?super\(\1,/g, (text, name, code) =>
          text.replace(`super(${name},`, `super(${code},`),
        ),
      loader: 'ts',
    }))
  },
}

/** Files of their own that few need: the agent's way with an older database, with checkpoints, and with Storage. */
const LATER: Readonly<Record<keyof LaterFiles, string>> = {
  older: './src/agent/olderWorkCycle.ts',
  stored: './src/agent/readStored.ts',
  result: './src/agent/storeResult.ts',
  checkpoint: './src/agent/keepCheckpoint.ts',
}

/** Entries as modules, with what several need (comlink, mostly) in others. */
const bundleModules = async (
  entries: Record<string, string>,
  define: Record<string, string>,
): Promise<[string, string][]> => {
  const { outputFiles = [] } = await build({
    ...shared,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, path(entry)])),
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
    outdir: '/',
    define,
    plugins: [withoutWords],
  })
  return outputFiles.map(({ path: file, text }) => [file.slice(file.lastIndexOf('/') + 1), text])
}

/** Of a script alone, which is ASCII as the bundler writes it. */
const html = (script: string): string => `<!doctype html>${script}\n`

const framePage = (script: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Oblivion</title><link rel="stylesheet" href="frame.css"><body><div id="view"></div><script type="module" src="${script}"></script>\n`
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text)
const nameOf = (text: string): string => digest('sha256', text).digest('hex').slice(0, 16)
const integrityOf = (text: string): string => `sha384-${digest('sha384', text).digest('base64')}`

/** All files by path, made in memory; tests bring programs that misbehave. */
export const buildPages = async (more: Record<string, ProgramFile> = {}): Promise<Map<string, string>> => {
  const programs = { ...(await bundlePrograms()), ...more }
  const support = await bundleSupport()
  const builtins = Object.fromEntries(Object.entries(programs).map(([name, { hash }]) => [name, hash]))
  const worker = { bridge: './src/bridge/main.ts', agent: './src/agent/main.ts' }
  // Apart from it: what is loaded before the consent shares nothing with what comes after.
  const asking = { frame: './src/frame/main.ts', consent: './src/frame/window.ts' }
  const modules = await bundleModules(worker, {
    OBLIVION_PROGRAMS: JSON.stringify({ builtins, js: support.js.hash, wasm: support.wasm.hash }),
  })
  const later = await Promise.all(
    Object.entries(LATER).map(async ([name, source]) => {
      const entryPoints = [path(source)]
      const { outputFiles } = await build({ ...shared, entryPoints, format: 'esm', plugins: [withoutWords] })
      return [`${name}.js`, outputFiles?.[0]?.text ?? ''] as const
    }),
  )
  const jobThread = await bundleScript('./src/sandbox/jobThread.ts')
  const shim = await bundleScript('./src/sandbox/shim.ts', { OBLIVION_JOB_THREAD: JSON.stringify(jobThread) })
  const embed = await bundleScript('./src/embed/script.ts')
  const { outputFiles: styles } = await build({ ...shared, entryPoints: [path('./src/frame/frame.css')] })
  if (/<\/script|<!--/i.test(shim)) throw new Error('The shim cannot be inlined: it contains markup.')
  const shimHash = createHash('sha256').update(shim).digest('base64')
  const files = new Map([
    ['bridge.html', html('<script type=module src=bridge.js></script>')],
    ...modules,
    ...(await bundleModules(asking, {})),
    ...later,
    ['sandbox.html', html(`<script>${shim}</script>`)],
    // The same again for frames on other people's pages: it may have any site above it.
    ['embed/sandbox.html', html(`<script>${shim}</script>`)],
    ['embed.html', framePage('frame.js')],
    ['consent.html', framePage('consent.js')],
    ['frame.css', styles?.[0]?.text ?? ''],
    ['embed.js', embed],
    // The same under a name that never means anything else, for tags with `integrity`.
    [`embed/${nameOf(embed)}.js`, embed],
    ['embed.json', `${JSON.stringify({ src: `/embed/${nameOf(embed)}.js`, integrity: integrityOf(embed) })}\n`],
    ['headers.json', `${JSON.stringify(headersOf(shimHash), null, 2)}\n`],
  ])
  for (const { file, source } of [support.js, support.wasm, ...Object.values(programs)])
    files.set(`programs/${file}`, source)
  return files
}

/** Puts them where the stack serves them from and where the package has them, `dist/pages`. */
export const writePages = async (): Promise<Map<string, string>> => {
  const dist = new URL('./dist/pages/', import.meta.url)
  const files = await buildPages()
  await rm(dist, { recursive: true, force: true })
  for (const [path, text] of files) {
    const file = new URL(path, dist)
    await mkdir(new URL('.', file), { recursive: true })
    await writeFile(file, text)
  }
  return files
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await writePages()
  const weights = weighPages(files)
  for (const { name, limit, files: sizes, total } of weights) {
    for (const [file, size] of Object.entries(sizes)) console.log(`  ${file.padEnd(22)}${size}`)
    console.log(`${name.padEnd(24)}${total} B gzip of ${limit} allowed`)
  }
  const page = await bundleScript('./src/index.ts')
  const size = (name: string): number => gzipSync(files.get(name) ?? '', { level: 9 }).length
  console.log(`${'with an old database'.padEnd(22)}${size('older.js')} B gzip more`)
  console.log(`${'with a stored input'.padEnd(22)}${size('stored.js')} B gzip more`)
  console.log(`${'with a checkpoint'.padEnd(22)}${size('checkpoint.js')} B gzip more`)
  console.log(`${'with a stored result'.padEnd(22)}${size('result.js')} B gzip more`)
  console.log(`${'page side'.padEnd(22)}${gzipSync(page, { level: 9 }).length} B gzip, inside the app that imports it`)
  if (weights.some(({ total, limit }) => total > limit)) process.exitCode = 1
}
