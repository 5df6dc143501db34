import { expect, test } from 'vitest'
import { generateCapabilities } from '../../tools/generate/generateCapabilities.ts'

test('a promise that a decision changes names that decision beside its tests, also inside a range of numbers', async () => {
  const table = await generateCapabilities()
  // In two parts: a number that stands whole in a file of tests is taken for a promise which that file proves.
  const cellOf = (source: string, number: number) =>
    new RegExp(`^\\| ${source}-${number} \\| .* \\| ([^|]*) \\|$`, 'm').exec(table)?.[1]
  expect(cellOf('JM', 8)).toBe('declined: [ADR 22](adr/0022-the-sources-doors.md)')
  expect(cellOf('DJ', 13)).toMatch(/^\[sourceDoors\]\(\S+\), .*; but see \[ADR 22\]/)
  expect(cellOf('SW', 24)).toMatch(/^\[briefs\]\(\S+\); but see \[ADR 27\]/)
  expect(cellOf('JM', 1)).toMatch(/^\[sourceDoors\]\([^)]+\)$/)
})
