import { NetworkUnreachableError, RequestRefusedError } from '@oblivion/core'
import { expect, test } from 'vitest'
import { fileProblem } from '../src/features/jobs/fileProblem.ts'
import {
  bytesOf,
  firstRowsPerChunk,
  type InputFile,
  InputFileError,
  planFile,
  readChunk,
  readInputFile,
} from '../src/features/jobs/inputFile.ts'
import { noChunks, type StoredChunks, storeChunks } from '../src/features/jobs/storeChunks.ts'

const read = (name: string, content: BlobPart, signal = new AbortController().signal) =>
  readInputFile(new File([content], name), { signal, onProgress: () => undefined })
const chunksOf = (input: InputFile, rows: number, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => readChunk(input, rows, index)))

test('a file is looked through once and its chunks are read out of it by range', async () => {
  const input = await read('rows.ndjson', '{"a":"é"}\n\n[2]\r\n"three"\n')
  expect(input).toMatchObject({ rows: 3, columns: null, longest: 10 })
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

test('bytes that are no text are refused, and an ended reading ends', async () => {
  await expect(read('a.csv', new Uint8Array([0x61, 0x0a, 0xff]))).rejects.toThrow('Row 1 is not text in UTF-8.')
  const ended = new AbortController()
  ended.abort()
  await expect(read('a.ndjson', '1', ended.signal)).rejects.toBe(ended.signal.reason)
})

test('who ends a reading while a piece of the file is awaited hears no more of it', async () => {
  const ended = new AbortController()
  const stream = new ReadableStream({
    pull: (controller) => {
      ended.abort()
      controller.enqueue(new TextEncoder().encode('1\n'))
      controller.close()
    },
  })
  const file = Object.assign(new File(['1\n'], 'a.ndjson'), { stream: () => stream })
  const shares: number[] = []
  const reading = readInputFile(file, { signal: ended.signal, onProgress: (share) => shares.push(share) })
  await expect(reading).rejects.toHaveProperty('name', 'AbortError')
  expect(shares).toEqual([])
})

/** A file as large as it says, of equal rows, that nobody reads. */
const large = (rows: number, bytesPerRow: number): InputFile => ({
  file: { size: rows * bytesPerRow } as File,
  format: 'ndjson',
  offsets: Array.from({ length: 2 * rows }, (_, at) => Math.ceil(at / 2) * bytesPerRow),
  rows,
  columns: null,
  longest: bytesPerRow,
})

test('a small file goes row by row in the call, a large one about a megabyte a chunk through Storage', () => {
  const small = large(1000, 100)
  expect(firstRowsPerChunk(small)).toBe(1)
  expect(planFile(small, '1')).toEqual({ chunks: 1000, rowsPerChunk: 1, stores: false, problem: null })
  expect(planFile(small, '300')).toMatchObject({ chunks: 4, stores: false, problem: null })
  const big = large(100_000, 1000)
  const rows = firstRowsPerChunk(big)
  expect(rows).toBe(1042)
  expect(planFile(big, String(rows))).toMatchObject({ chunks: 96, stores: true, problem: null })
})

test.each([
  ['', 'Enter a whole number of rows, 1 or more.'],
  ['1.5', 'Enter a whole number of rows, 1 or more.'],
  ['1', '100,000 chunks are more than can be kept: take 10 rows a chunk or more.'],
  ['50000', 'A chunk would have more than 16 MB: take fewer rows.'],
])('%s rows a chunk: %s', (rows, problem) => {
  expect(planFile(large(100_000, 1000), rows).problem).toBe(problem)
})

test('rows of CSV count with the names that they get', async () => {
  const csv = await read('t.csv', `${'n'.repeat(1000)}\n${'1\n'.repeat(100)}`)
  expect(planFile(csv, '1')).toMatchObject({ stores: false, problem: null })
  expect(planFile(csv, '30')).toMatchObject({ stores: false, problem: null })
  expect(bytesOf(await readChunk(csv, 33, 0))).toBeGreaterThan(32_768)
  expect(planFile(csv, '33')).toMatchObject({ stores: true, problem: null })
  // 5 MB in all as objects: as rows the file goes into the call, as lists it does not.
  const long = await read('l.csv', `${'n'.repeat(1000)}\n${'1\n'.repeat(5000)}`)
  expect([planFile(long, '1').stores, planFile(long, '2').stores]).toEqual([false, true])
})

/** Keeps the chunks of a file where Storage answers with this status. */
const keep = async (input: InputFile, stored: StoredChunks, status: number) => {
  const signal = new AbortController().signal
  const send = async () => new Response('{}', { status })
  const options = { supabaseUrl: 'http://s', supabaseKey: 'k', accessToken: async () => 't', fetch: send }
  const parts = await storeChunks({
    ...{ options, address: '0xa', input, rowsPerChunk: 1, chunks: input.rows, stored, signal },
    onProgress: () => undefined,
  })
  return parts.flatMap((part, index) => (typeof part === 'object' ? [index] : []))
}

test('what goes into the call is measured in bytes', async () => {
  const rows = ['é'.repeat(16_384), 'é'.repeat(16_383), 'e'.repeat(32_767), 'e'.repeat(32_766)]
  const input = await read('r.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'))
  expect(await keep(input, noChunks(), 200)).toEqual([0, 2])
})

test('a second try has the room that the first one left', async () => {
  const row = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`
  const inline = Array.from({ length: 139 }, () => row(30_000))
  const input = await read('r.ndjson', [...inline, row(40_000), ...inline.slice(0, 5)].join('\n'))
  const stored = noChunks()
  await expect(keep(input, stored, 403)).rejects.toThrow(RequestRefusedError)
  expect(await keep(input, stored, 200)).toEqual([139, 140, 141, 142, 143, 144])
})

test('deposits are spoken of where Storage says no, and nowhere else', () => {
  const refused = (status: number) =>
    new RequestRefusedError({ values: { call: 'store_input', status, serverCode: null, details: null } })
  expect([400, 403].map((status) => fileProblem(refused(status)).includes('deposit'))).toEqual([true, true])
  for (const error of [...[401, 404, 413, 429, 503].map(refused), new NetworkUnreachableError()])
    expect(fileProblem(error)).toMatch(/^(?!.*deposit).*Nothing was posted\./)
  expect(fileProblem(new InputFileError('Row 1 is not a JSON value.'))).toBe('Row 1 is not a JSON value.')
})
