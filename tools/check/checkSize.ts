import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildPages, pageFolders } from '../../packages/stack/src/build/buildPages.ts'
import type { Outcome } from '../run.ts'

/** What a visitor's browser must load before the first job runs. The programs come later, one a job type. */
const worker = ['bridge.html', 'bridge.js', 'agent.js', 'sandbox.html']
const limit = 15_000

/** Builds the pages where they are stale, and weighs the worker as a server would send it. */
export async function checkSize(): Promise<Outcome> {
  await buildPages(() => undefined, new AbortController().signal)
  const sizes = worker.map((name) => {
    const size = gzipSync(readFileSync(join(pageFolders.sdk, name)), { level: 9 }).length
    return { name, size }
  })
  const total = sizes.reduce((sum, { size }) => sum + size, 0)
  const rows = sizes.map(({ name, size }) => `${String(size).padStart(8)}  ${name}\n`)
  return {
    ok: total <= limit,
    output: `${rows.join('')}${String(total).padStart(8)}  bytes gzip for the worker, the budget is ${limit}\n`,
  }
}
