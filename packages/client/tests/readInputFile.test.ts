import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inputLimits, planInputs, spelledBytes } from '@oblivion/core'
import { expect, test } from 'vitest'
import { type InputFile, inputFormat, readInputFile } from '../src/index.ts'

const read = (name: string, content: string | Buffer<ArrayBuffer>) =>
  readInputFile(new Blob([content]), { format: inputFormat(name) })
const chunksOf = (input: InputFile, rows: number, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => input.chunk(index, rows)))

test('a file is looked through once and its chunks are read out of it by range', async () => {
  const input = await read('rows.ndjson', '{"a":"é"}\n\n[2]\r\n"three"\n')
  expect(input).toMatchObject({ rows: 3, columns: null })
  expect(await chunksOf(input, 1, 3)).toEqual([{ a: 'é' }, [2], 'three'])
  expect(await chunksOf(input, 2, 2)).toEqual([[{ a: 'é' }, [2]], ['three']])
})

test('CSV becomes an object of texts a row, a JSON list an element a row', async () => {
  const csv = await read('t.CSV', '﻿name,note\r\nA,"x\ny"\r\nB,\r\n')
  expect(csv).toMatchObject({ rows: 2, columns: ['name', 'note'] })
  expect(await chunksOf(csv, 1, 2)).toEqual([
    { name: 'A', note: 'x\ny' },
    { name: 'B', note: '' },
  ])
  expect(await chunksOf(await read('l.json', '[1, {"b": "\\n"}]'), 2, 1)).toEqual([[1, { b: '\n' }]])
})

test.each([
  ['a.ndjson', '', 'There is no row in this file.'],
  ['a.ndjson', '1\n{', 'Row 2 is not a JSON value.'],
  ['a.json', '{"a":1}', 'The file holds no list: [ ... ], an input an element.'],
  ['a.json', '[', 'The file is not JSON.'],
  ['a.csv', 'a,a\n1,2', 'The first line does not name each column by a name of its own.'],
  ['a.csv', 'a,b\n1,2\n3', 'Row 2 has 1 fields where the first names 2.'],
  ['a.csv', 'a\nx"y"', 'Row 1 has a quote within a field that is not quoted.'],
  ['a.csv', 'a\n"x', 'A quote is opened that nothing closes.'],
])('%s with %j says what is wrong', async (name, content, message) => {
  await expect(read(name, content)).rejects.toThrow(message)
})

test.each([
  ['a.csv', 'name\nJosé', 'Row 1 is not text in UTF-8: save it as that.'],
  ['a.csv', 'prénom\nJ', 'The first line is not text in UTF-8: save it as that.'],
  ['a.ndjson', '"José"', 'Row 1 is not text in UTF-8: save it as that.'],
  ['a.json', '["José"]', 'The file is not text in UTF-8: save it as that.'],
])('%s with %j in Latin-1 is refused, and no character is replaced in silence', async (name, text, message) => {
  await expect(read(name, Buffer.from(text, 'latin1'))).rejects.toThrow(message)
  expect((await read(name, text)).rows).toBe(1)
})

test('a file that is another one by now is told of when a chunk is read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oblivion-rows-'))
  const path = join(folder, 'rows.ndjson')
  await writeFile(path, `"${'x'.repeat(1_048_576)}"\n1\n`)
  const input = await readInputFile(await openAsBlob(path), { format: 'ndjson' })
  await writeFile(path, '1\n2\n')
  await expect(input.chunk(0, 1)).rejects.toThrow('The file has changed or is gone since you chose it.')
  await rm(folder, { recursive: true })
})

test('small rows are read a megabyte at a time, and a chunk of more than that whole', async () => {
  const rows = Array.from({ length: 3_000 }, (_, n) => ({ n, text: 'é'.repeat(500) }))
  const blob = new Blob([rows.map((row) => JSON.stringify(row)).join('\n')])
  const input = await readInputFile(blob, { format: 'ndjson' })
  let pieces = 0
  const { slice } = blob
  blob.slice = (...range) => {
    pieces += 1
    return slice.apply(blob, range)
  }
  for (const [index, row] of rows.entries()) expect(await input.chunk(index, 1)).toEqual(row)
  expect(pieces).toBe(3)
  expect(await input.chunk(0, 2_000)).toEqual(rows.slice(0, 2_000))
})

test('who ends a reading while a piece of the file is awaited hears no more of it', async () => {
  const ended = new AbortController()
  let pieces = 0
  const stream = new ReadableStream({
    pull: (controller) => {
      pieces += 1
      ended.abort()
      controller.enqueue(new TextEncoder().encode('1\n'))
      if (pieces === 20) controller.close()
    },
  })
  const file = Object.assign(new Blob(['1\n'.repeat(20)]), { stream: () => stream })
  const shares: number[] = []
  const onProgress = (share: number) => shares.push(share)
  const reading = readInputFile(file, { format: 'ndjson', signal: ended.signal, onProgress })
  await expect(reading).rejects.toHaveProperty('name', 'AbortError')
  expect(shares).toEqual([])
  expect(pieces).toBeLessThan(20)
})

/** Where equal rows lie in a file that nobody reads. */
const large = (rows: number, bytesPerRow: number) => ({
  ...{ rows, columns: null },
  offsets: Array.from({ length: 2 * rows }, (_, at) => Math.ceil(at / 2) * bytesPerRow),
})

test('small inputs go into the call, and the others to Storage', () => {
  const none = { stores: false, problem: null }
  expect(planInputs(large(1000, 100), 1)).toEqual({ chunks: 1000, bytes: 100_000, ...none })
  expect(planInputs(large(1000, 100), 300)).toMatchObject({ chunks: 4, ...none })
  expect(planInputs(large(1, 43_690), 1)).toMatchObject(none)
  expect(planInputs(large(1, 43_691), 1)).toMatchObject({ stores: true, problem: null })
  // 8 MiB in all.
  expect(planInputs(large(512, 16_384), 1)).toMatchObject(none)
  expect(planInputs(large(513, 16_384), 1)).toMatchObject({ stores: true, problem: null })
  // 8,388 of these go into the call.
  expect(planInputs(large(18_388, 1000), 1)).toMatchObject({ stores: true, problem: null })
  expect(planInputs(large(18_389, 1000), 1)).toMatchObject({ stores: true, problem: 'many' })
  expect(planInputs(large(17, 1_048_576), 16)).toMatchObject({ chunks: 2, problem: null })
  expect(planInputs(large(17, 1_048_576), 17)).toMatchObject({ chunks: 1, problem: 'large' })
})

test('rows of CSV count with the names that they get', async () => {
  const csv = await read('t.csv', `${'ñ'.repeat(500)}\n${'1\n'.repeat(100)}`)
  expect(planInputs(csv, 43).stores).toBe(false)
  expect(planInputs(csv, 44).stores).toBe(true)
  const sent = new TextEncoder().encode(JSON.stringify(await csv.chunk(0, 44))).length
  expect(Math.abs(planInputs(csv, 44).bytes * 0.44 - sent)).toBeLessThan(100)
})

test('an input is as long as Postgres writes it, which knows no exponents', () => {
  expect(spelledBytes(9, '[1,2,3,4]')).toBeGreaterThanOrEqual('[1, 2, 3, 4]'.length)
  const tiny = JSON.stringify(Array.from({ length: 4_000 }, () => -5e-10))
  expect(tiny.length).toBeLessThan(inputLimits.inline / 1.5)
  expect(spelledBytes(tiny.length, tiny)).toBeGreaterThanOrEqual(4_000 * '-0.0000000005, '.length)
  expect(spelledBytes(tiny.length, tiny)).toBeGreaterThan(inputLimits.inline)
  // What only looks like an exponent, such as in a name, costs no more than the longest.
  expect(spelledBytes(20, '"1e-99999999999999"')).toBe(360)
})
