import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packPackage } from '../../packages/sdk/packPackage.ts'
import { type Outcome, run } from '../run.ts'

/** Packs the SDK as a registry would have it, and has two linters look at what a stranger would install. */
export async function checkPackage(): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'oblivion-package-'))
  try {
    const tarball = await packPackage(folder)
    const bytes = await readFile(tarball)
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true })
    const lines = messages.flatMap((message) => formatMessage(message, pkg) ?? []).map((line) => `publint: ${line}\n`)
    // The pages are files to serve, not modules.
    const types = await run('attw', [tarball, '--profile', 'esm-only', '--exclude-entrypoints', './pages/*'])
    return { ok: messages.length === 0 && types.ok, output: lines.join('') + types.output }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
