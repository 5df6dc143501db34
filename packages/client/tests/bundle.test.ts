import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { errorCatalogue } from '@oblivion/core'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** What a browser gets of these exports, by the bundler that the SDK is built with. */
const bundleOf = async (contents: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  return outputFiles.map(({ text }) => text).join('')
}

test('what the agent needs of client and core stays below 4 kB gzip, of the 15 kB of the whole worker', async () => {
  const code = await bundleOf(
    `export { createBareClient, workCycle, heartbeat, isTransient } from '../src/index.ts'
     export { canonicalText } from '@oblivion/core'`,
  )
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(4_000)
  // The sentences of the server's reasons travel with its answers, and those of wallets concern no worker.
  for (const { code: reason, sentence } of Object.values(errorCatalogue)) {
    if (/^OB[03]/.test(reason)) expect(code, reason).not.toContain(sentence)
  }
  expect(code).not.toContain('get_task')
})

test('the words of all errors, for who shows them, cost below 8 kB gzip', async () => {
  const code = await bundleOf(`export { errorCatalogue } from '@oblivion/core'`)
  expect(code).toContain(errorCatalogue.OB007.sentence)
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(8_000)
})
