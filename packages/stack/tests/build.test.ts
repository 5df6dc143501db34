import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashInputs } from '../src/build/hashInputs.ts'

let root: string
const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'oblivion-build-'))
  put('app/src/main.ts', 'one')
  put('app/src/room/page.ts', 'two')
  put('lock.yaml', 'versions')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const hash = (): string => hashInputs(root, ['app', 'lock.yaml', 'absent'])

test('sources decide whether a build is stale: their bytes and names, not their times', () => {
  const first = hash()
  utimesSync(join(root, 'app/src/main.ts'), 0, 0)
  expect(hash()).toBe(first)
  put('app/src/main.ts', 'ONE')
  expect(hash()).not.toBe(first)
  put('app/src/main.ts', 'one')
  expect(hash()).toBe(first)
  put('app/src/room/more.ts', '')
  expect(hash()).not.toBe(first)
  rmSync(join(root, 'app/src/room/more.ts'))
  put('lock.yaml', 'other versions')
  expect(hash()).not.toBe(first)
  put('lock.yaml', 'versions')
  expect(hash()).toBe(first)
})

test('what a build writes, installs and tests does not make it stale', () => {
  const first = hash()
  for (const path of ['app/dist/index.html', 'app/node_modules/x/y.js', 'app/tests/a.test.ts', 'app/.vite/cache'])
    put(path, 'x')
  expect(hash()).toBe(first)
})
