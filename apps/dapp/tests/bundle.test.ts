import { gzipSync } from 'node:zlib'
import { build, type Rollup } from 'vite'
import { beforeAll, expect, test } from 'vitest'

let chunks: Map<string, Rollup.OutputChunk>

beforeAll(async () => {
  const root = new URL('..', import.meta.url).pathname
  const built = await build({ root, configFile: `${root}vite.config.ts`, logLevel: 'error', build: { write: false } })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rollup.RollupOutput
  chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])))
})

/** Every chunk that is loaded with these, by static import. */
function closure(names: readonly string[]): Rollup.OutputChunk[] {
  const found = new Map<string, Rollup.OutputChunk>()
  const visit = (name: string) => {
    const chunk = chunks.get(name)
    if (!chunk || found.has(name)) return
    found.set(name, chunk)
    chunk.imports.forEach(visit)
  }
  names.forEach(visit)
  return [...found.values()]
}

function chunkOf(source: string): string {
  for (const chunk of chunks.values()) if (chunk.facadeModuleId?.endsWith(source)) return chunk.fileName
  throw new Error(`no chunk for ${source}`)
}

function entry(): string {
  for (const chunk of chunks.values()) if (chunk.isEntry) return chunk.fileName
  throw new Error('no entry')
}

const walletCode =
  /node_modules\/(?:\.pnpm\/)?(?:@?wagmi|viem|mipd|ox|@supabase)|features\/wallet\/(?:walletKernel|developmentProvider)|packages\/(?:sdk|contracts|programs)\//

test('the public Network page loads no wallet code, no supabase-js and no worker', () => {
  const modules = closure([entry(), chunkOf('routes/NetworkPage.tsx')]).flatMap((chunk) => Object.keys(chunk.modules))
  expect(modules.length).toBeGreaterThan(50)
  expect(modules.filter((name) => walletCode.test(name))).toEqual([])
})

test('the check above would see wallet code', () => {
  const modules = closure([chunkOf('features/wallet/walletKernel.ts')]).flatMap((chunk) => Object.keys(chunk.modules))
  expect(modules.filter((name) => walletCode.test(name)).length).toBeGreaterThan(10)
})

test('the test keys’ wallet is in a chunk of its own, which nothing loads by itself', () => {
  const carrying = [...chunks.values()].filter((chunk) =>
    Object.keys(chunk.modules).some((name) => name.endsWith('wallet/developmentProvider.ts')),
  )
  expect(carrying).toHaveLength(1)
  const name = carrying[0]?.fileName ?? ''
  expect([...chunks.values()].filter((chunk) => chunk.imports.includes(name))).toEqual([])
})

test('the first view of the Network page stays below 130 kB of script', () => {
  const bytes = closure([entry(), chunkOf('routes/NetworkPage.tsx')]).reduce(
    (sum, chunk) => sum + gzipSync(chunk.code).length,
    0,
  )
  console.info(`Network page: ${(bytes / 1000).toFixed(1)} kB of script, gzip`)
  expect(bytes).toBeLessThan(130_000)
})
