import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Outcome, root, run } from '../run.ts'

const pages = 'packages/sdk/dist/pages'

/** What a visitor's browser must load before the first job runs. The programs come later, one a job type. */
const worker = ['bridge.html', 'bridge.js', 'agent.js', 'sandbox.html']
const workerLimit = 15_000

/** Builds the worker's pages and weighs them as a server would send them. */
export async function checkSize(): Promise<Outcome> {
  const built = await run('node', ['packages/sdk/build.ts'])
  if (!built.ok) return built
  const sizes = worker.map(
    (name) => [name, gzipSync(readFileSync(join(root, pages, name)), { level: 9 }).length] as const,
  )
  const total = sizes.reduce((sum, [, size]) => sum + size, 0)
  const table = sizes.map(([name, size]) => `${String(size).padStart(8)}  ${name}`).join('\n')
  return {
    ok: total <= workerLimit,
    output: `${table}\n${String(total).padStart(8)}  bytes gzip in all, the budget is ${workerLimit}\n`,
  }
}
