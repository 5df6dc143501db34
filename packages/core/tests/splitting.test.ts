import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRowScanner, csvFields, type RowFormat } from '../src/index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const scan = (format: RowFormat, text: string, cuts: readonly number[] = []) => {
  const all = bytes(text)
  const scanner = createRowScanner(format)
  const edges = [0, ...[...cuts].sort((a, b) => a - b).filter((cut) => cut < all.length), all.length]
  const flat = edges.slice(1).flatMap((to, index) => scanner.push(all.subarray(edges[index], to)))
  const { rows, open } = scanner.end()
  flat.push(...rows)
  const found: string[] = []
  for (let at = 0; at < flat.length; at += 2) found.push(new TextDecoder().decode(all.subarray(flat[at], flat[at + 1])))
  return { found, open }
}

test('rows are ranges of bytes without their line breaks; blank lines and a byte order mark are none', () => {
  expect(scan('ndjson', '﻿{"a":"é"}\r\n\n  \t\n[1, 2]  \n3').found).toEqual(['{"a":"é"}', '[1, 2]', '3'])
  expect(scan('ndjson', '').found).toEqual([])
  expect(scan('csv', 'a,b\r\n1,"x\ny"\r\n\r\n2,\n')).toEqual({ found: ['a,b', '1,"x\ny"', '2,'], open: false })
  expect(scan('csv', 'a\n"never').open).toBe(true)
})

test('however the file comes in pieces, the rows are the same', () => {
  const row = fc.string({ unit: fc.constantFrom('a', 'é', '🖼', ' ', ',', '"'), maxLength: 8 })
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(200), { maxLength: 10 }),
      (rows, breakOf, cuts) => {
        const text = rows.join(breakOf)
        // White space at the end of a line of NDJSON is none of its value; that before it is read over.
        const expected = rows.map((line) => line.replace(/ +$/, '')).filter((line) => line !== '')
        expect(scan('ndjson', text, cuts).found).toEqual(expected)
        expect(scan('csv', text, cuts)).toEqual(scan('csv', text))
      },
    ),
  )
})

test('fields of CSV are read back as they were written, and a stray quote is no field', () => {
  expect(csvFields('')).toEqual([''])
  expect(csvFields('a,,"b,""c""\n"')).toEqual(['a', '', 'b,"c"\n'])
  for (const wrong of ['a"b', '"a"b', '"a', 'a,"b"c']) expect(csvFields(wrong), wrong).toBeNull()
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
      expect(csvFields(fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))).toEqual(fields)
    }),
  )
})
