import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildPages, pageFolders } from '../../packages/stack/src/build/buildPages.ts'
import type { Outcome } from '../run.ts'
import { networkPage } from './networkPage.ts'

/** What a visitor's browser must load before the first job runs. The programs come later, one a job type. */
const worker = ['bridge.html', 'bridge.js', 'agent.js', 'sandbox.html']
const workerLimit = 15_000

/** What a stranger loads to see the public page, whose figures anybody may recompute, with no wallet code in it. */
const networkLimit = 150_000
const walletCode = /node_modules\/(viem|wagmi|@wagmi|@supabase)\//

/** Builds the pages and weighs them as a server would send them. */
export async function checkSize(): Promise<Outcome> {
  await buildPages(() => undefined, new AbortController().signal)
  const rooms = worker.map((name) => ({ name, code: readFileSync(join(pageFolders.sdk, name)) }))
  const chunks = await networkPage()
  const wallet = chunks.filter(({ modules }) => modules.some((module) => walletCode.test(module)))
  const weighed = [weigh('the worker', rooms, workerLimit), weigh('the network page', chunks, networkLimit)]
  const faults = wallet.map(({ name }) => `the network page loads wallet code in ${name}\n`)
  return {
    ok: weighed.every(({ ok }) => ok) && faults.length === 0,
    output: weighed.map(({ output }) => output).join('') + faults.join(''),
  }
}

function weigh(what: string, files: { name: string; code: string | Buffer }[], limit: number): Outcome {
  const sizes = files.map(({ name, code }) => ({ name, size: gzipSync(code, { level: 9 }).length }))
  const total = sizes.reduce((sum, { size }) => sum + size, 0)
  const rows = sizes.map(({ name, size }) => `${String(size).padStart(8)}  ${name}\n`)
  const verdict = `${String(total).padStart(8)}  bytes gzip for ${what}, the budget is ${limit}\n`
  return { ok: total <= limit, output: rows.join('') + verdict }
}
