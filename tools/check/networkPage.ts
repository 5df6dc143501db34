import { join } from 'node:path'
import { build, type Rolldown } from 'vite'
import { root } from '../run.ts'

type Chunk = { name: string; code: string; modules: string[] }

/** The scripts that a browser loads for /network: the app's entry, the page, and what both import at once. */
export async function networkPage(): Promise<Chunk[]> {
  const app = join(root, 'apps/dapp')
  const result = await build({ root: app, logLevel: 'error', build: { write: false } })
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput
  const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])))

  const page = join(app, 'src/routes/NetworkPage.tsx')
  const starts = [...chunks.values()].filter((chunk) => chunk.isEntry || chunk.facadeModuleId === page)
  if (starts.length < 2) throw new Error('The build has no chunk of its own for the network page.')

  const loaded = new Set<string>()
  const load = (name: string): void => {
    if (loaded.has(name)) return
    loaded.add(name)
    for (const other of chunks.get(name)?.imports ?? []) load(other)
  }
  for (const { fileName } of starts) load(fileName)
  return [...loaded].flatMap((name) => {
    const chunk = chunks.get(name)
    return chunk ? [{ name, code: chunk.code, modules: chunk.moduleIds }] : []
  })
}
