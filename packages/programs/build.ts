// Writes each built-in as one self-contained ES module, addressed by its SHA-256, and a manifest of them.
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Where each built-in's function lives; its name is the export. */
const sources = { raytrace: './src/raytrace/raytrace.ts' } as const

/** Where each named program's function lives, and its export. */
const namedSources = {
  analysis: ['analysis', './src/briefs/analysis.ts'],
  asset_prep: ['assetPrep', './src/briefs/assetPrep.ts'],
  storyboard: ['storyboard', './src/briefs/storyboard.ts'],
  render: ['render', './src/briefs/render.ts'],
  video_generation: ['videoGeneration', './src/briefs/videoGeneration.ts'],
  image_processing: ['imageProcessing', './src/briefs/imageProcessing.ts'],
  text_analysis: ['textAnalysis', './src/briefs/textAnalysis.ts'],
} as const
export type NamedProgram = keyof typeof namedSources

export interface ProgramFile {
  readonly hash: string
  readonly file: string
  readonly source: string
}

const bundleModule = async (name: string, path: string): Promise<ProgramFile> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${name} as default } from '${path}'`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    write: false,
  })
  const source = outputFiles[0]?.text ?? ''
  const hash = createHash('sha256').update(source).digest('hex')
  return { hash, file: `${hash}.js`, source }
}

/** The text of each built-in: an ES module whose default export is the program. */
export const bundlePrograms = async (): Promise<Record<string, ProgramFile>> => {
  const programs: Record<string, ProgramFile> = {}
  for (const [name, path] of Object.entries(sources)) programs[name] = await bundleModule(name, path)
  return programs
}

/** The text of each named program, which the engine keeps: docs/programs.md. */
export const bundleNamedPrograms = async (): Promise<Record<NamedProgram, ProgramFile>> => {
  const bundled = Object.entries(namedSources).map(
    async ([name, [symbol, path]]) => [name, await bundleModule(symbol, path)] as const,
  )
  return Object.fromEntries(await Promise.all(bundled)) as Record<NamedProgram, ProgramFile>
}

/**
 * What a program that is not built in needs besides itself: an ES module by kind. The one for `js` gives the realm its exact
 * `Math` and texts of numbers, the one for `wasm` runs the module.
 */
export const bundleSupport = async (): Promise<{ readonly [K in 'js' | 'wasm']: ProgramFile }> => ({
  js: await bundleModule('installExactRealm', './src/environment/installExactMath.ts'),
  wasm: await bundleModule('runWasm', './src/environment/runWasm.ts'),
})

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = new URL('./dist/', import.meta.url)
  await rm(dist, { recursive: true, force: true })
  await mkdir(dist, { recursive: true })
  const manifest: Record<string, { hash: string; file: string }> = {}
  for (const [name, { hash, file, source }] of Object.entries(await bundlePrograms())) {
    await writeFile(new URL(file, dist), source)
    manifest[name] = { hash, file }
    console.log(`${name}  ${source.length} B, gzip ${gzipSync(source).length} B  ${hash}`)
  }
  await writeFile(new URL('manifest.json', dist), `${JSON.stringify(manifest, null, 2)}\n`)
}
