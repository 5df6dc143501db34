import { buildPages } from '../../packages/sdk/build.ts'
import { weighPages } from '../../packages/sdk/weighPages.ts'
import type { Outcome } from '../run.ts'

/** Builds the SDK's pages in memory and weighs what browsers load of them as a server would send it. */
export async function checkSize(): Promise<Outcome> {
  const weights = weighPages(await buildPages())
  const rows = weights.flatMap(({ name, limit, files, total }) => [
    ...Object.entries(files).map(([file, size]) => `${String(size).padStart(8)}  ${file}`),
    `${String(total).padStart(8)}  bytes gzip for ${name}, the budget is ${limit}`,
  ])
  return { ok: weights.every(({ total, limit }) => total <= limit), output: `${rows.join('\n')}\n` }
}
