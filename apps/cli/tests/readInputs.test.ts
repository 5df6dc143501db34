import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failedInputs } from '../src/customer/failedInputs.ts'
import { readInputs } from '../src/customer/readInputs.ts'
import { UsageError } from '../src/UsageError.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oblivion-inputs-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('what is wrong with a file is said with its name', async () => {
  const path = join(folder, 'names.csv')
  await writeFile(path, 'name\nJosé\n', 'latin1')
  await expect(readInputs(path)).rejects.toThrow(
    new UsageError(`${path}: Row 1 is not text in UTF-8: save it as that.`),
  )
})

test('of the file that a task was posted from, what failed comes back in its format', async () => {
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return failedInputs({ chunks: 'cfxc', chunkCount: 4 }, join(folder, name), 2)
  }
  const numbers = [0, 1, 2, 3, 4, 5, 6]
  expect(await write('n.json', JSON.stringify(numbers))).toEqual({ count: 2, text: '[2,3,4,5]\n' })
  expect((await write('n.ndjson', numbers.join('\n'))).text).toBe('2\n3\n4\n5\n')
  expect((await write('n.csv', `\ufeffn\r\n${numbers.join('\r\n')}`)).text).toBe('n\r\n2\r\n3\n4\r\n5\n')
  const done = failedInputs({ chunks: 'cccc', chunkCount: 4 }, join(folder, 'n.csv'), 2)
  expect(await done).toEqual({ count: 0, text: '' })
})
