import { createHash } from 'node:crypto'
import { errorCatalogue } from '@oblivion/core'
import { expect, test } from 'vitest'
import { buildPages, sizesOf } from '../build.ts'
import * as sdk from '../src/index.ts'

test('the whole worker is at most 15 kB gzip', async () => {
  const sizes = sizesOf(await buildPages())
  expect(Object.keys(sizes).map((name) => name.replace(/-\w+\./, '-hash.'))).toEqual([
    'bridge.html',
    'bridge.js',
    'agent.js',
    'shared-hash.js',
    'sandbox.html',
  ])
  expect(Object.values(sizes).reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(15 * 1024)
})

test('the pages hold codes and no words: those are the page’s, and cost a twentieth of the size', async () => {
  const code = [...(await buildPages())].map(([, text]) => text).join('')
  expect(code).toContain('OB203')
  for (const { sentence, hint } of Object.values(errorCatalogue)) {
    expect(code).not.toContain(sentence)
    expect(code).not.toContain(hint)
  }
})

test('the sandbox allows its own inline script and no other', async () => {
  const files = await buildPages()
  const script = /<script>(.*)<\/script>/s.exec(files.get('sandbox.html') ?? '')?.[1] ?? ''
  const hash = createHash('sha256').update(script).digest('base64')
  const { bridge, sandbox } = JSON.parse(files.get('headers.json') ?? '')
  expect(sandbox['Content-Security-Policy']).toContain(
    `script-src blob: 'unsafe-eval' 'wasm-unsafe-eval' 'sha256-${hash}'`,
  )
  expect(sandbox['Content-Security-Policy']).toContain('sandbox allow-scripts')
  expect(sandbox['Connection-Allowlist']).toBe('()')
  expect(bridge['Content-Security-Policy']).toContain("default-src 'none'; script-src 'self'")
  expect(bridge['Content-Security-Policy']).not.toContain('unsafe')
})

test('each program lies under its own hash', async () => {
  const programs = [...(await buildPages())].filter(([path]) => path.startsWith('programs/'))
  expect(programs.length).toBeGreaterThan(0)
  for (const [path, source] of programs) {
    expect(path).toBe(`programs/${createHash('sha256').update(source).digest('hex')}.js`)
  }
})

test('the same sources build the same bytes', async () => {
  expect(await buildPages()).toEqual(await buildPages())
})

test('public names', () => {
  expect(Object.keys(sdk)).toEqual(['createWorker', 'defaultLimits'])
})
