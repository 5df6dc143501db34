import { readInputFile } from '@oblivion/client'
import { InvalidInputError, NetworkUnreachableError } from '@oblivion/core'
import { expect, test } from 'vitest'
import { firstRowsPerChunk, planFile } from '../src/features/jobs/filePlan.ts'
import { fileProblem } from '../src/features/jobs/fileProblem.ts'

const rowsOf = (count: number, bytes: number) =>
  readInputFile(new Blob([`"${'x'.repeat(bytes - 3)}"\n`.repeat(count)]), { format: 'ndjson' })

test('a row a chunk where the call takes them, about a megabyte a chunk where it does not', async () => {
  expect(firstRowsPerChunk(await rowsOf(1000, 100))).toBe(1)
  const large = await rowsOf(20_000, 1000)
  const rows = firstRowsPerChunk(large)
  expect(rows).toBe(1000)
  expect(planFile(large, String(rows))).toEqual({ chunks: 20, rowsPerChunk: rows, stores: true, problem: null })
  // Its bytes are those of the names that each row gets.
  const csv = new Blob([`${'n'.repeat(1000)}\n${'1\n'.repeat(20_000)}`])
  expect(firstRowsPerChunk(await readInputFile(csv, { format: 'csv' }))).toBe(1000)
})

test('rows a chunk that cannot be posted say why', async () => {
  const large = await rowsOf(20_000, 1000)
  const problems = ['', '1.5', '1', '17000'].map((rows) => planFile(large, rows).problem)
  expect(problems).toEqual([
    'Enter a whole number of rows, 1 or more.',
    'Enter a whole number of rows, 1 or more.',
    '20,000 chunks are more than can be kept: take 2 rows a chunk or more.',
    'A chunk would have more than 16 MiB: take fewer rows.',
  ])
})

test('what is wrong with the file is said as it is; of anything else, that what was stored is not sent twice', () => {
  expect(fileProblem(new InvalidInputError({ message: 'Row 1 is no JSON.' }))).toBe('Row 1 is no JSON.')
  expect(fileProblem(new NetworkUnreachableError())).toMatch(
    /Nothing was posted\. Post again to go on: .* sent twice\.$/,
  )
})
