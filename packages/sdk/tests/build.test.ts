import { createHash } from 'node:crypto'
import { errorCatalogue } from '@oblivion/core'
import { expect, test } from 'vitest'
import { buildPages } from '../build.ts'
import { weighPages } from '../weighPages.ts'

test('the consent snippet is at most 6 kB gzip, the whole worker 15', async () => {
  const [snippet, before, worker] = weighPages(await buildPages())
  expect(snippet?.total).toBeLessThanOrEqual(6 * 1024)
  expect(before?.total).toBeLessThanOrEqual(12 * 1024)
  expect(worker?.total).toBeLessThanOrEqual(15 * 1024)
  expect(Object.keys(worker?.files ?? {}).map((name) => name.replace(/-\w+\./, '-hash.'))).toEqual([
    'bridge.html',
    'bridge.js',
    'shared-hash.js',
    'agent.js',
    'sandbox.html',
  ])
  // What computes comes after the consent.
  expect(Object.keys(before?.files ?? {})).not.toContain('bridge.js')
})

test('the pages hold codes and no words: those are the page’s, and cost a twentieth of the size', async () => {
  const pages = [...(await buildPages())].filter(([name]) => !/^embed[/.]\w*\.?js$/.test(name))
  const code = pages.map(([, text]) => text).join('')
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
  const { dapp, bridge, sandbox } = JSON.parse(files.get('headers.json') ?? '')
  expect(sandbox['Content-Security-Policy']).toContain(
    `script-src blob: 'unsafe-eval' 'wasm-unsafe-eval' 'sha256-${hash}'`,
  )
  expect(sandbox['Content-Security-Policy']).toContain('sandbox allow-scripts')
  expect(sandbox['Connection-Allowlist']).toBe('()')
  expect(bridge['Content-Security-Policy']).toContain("default-src 'none'; script-src 'self'")
  expect(bridge['Content-Security-Policy']).not.toContain('unsafe')
  expect(dapp['Content-Security-Policy']).toMatch(/default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/)
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
