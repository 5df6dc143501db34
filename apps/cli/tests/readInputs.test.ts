import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readInputs } from '../src/customer/readInputs.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oblivion-inputs-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['names.csv', 'name\nJosé\n'],
  ['names.ndjson', '"José"\n'],
  ['names.json', '["José"]'],
])('%s that is no UTF-8 is refused in words, and no character is replaced in silence', async (name, text) => {
  const path = join(folder, name)
  await writeFile(path, text, 'latin1')
  await expect(readInputs(path)).rejects.toThrow(`${path} is not text in UTF-8: save it as that.`)
  await writeFile(path, text)
  expect(JSON.stringify((await readInputs(path)).file.value(0))).toContain('José')
})
