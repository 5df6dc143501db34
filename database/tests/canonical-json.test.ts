import { createHash } from 'node:crypto'
import { canonicalJson, resultHash } from '@oblivion/core'
import { createDatabase, type TestDatabase } from '@oblivion/stack/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

/*
 * T13: jsonb keeps neither the order of keys nor the spelling of numbers, so the server canonicalises again. These tests
 * hold its functions equal to the library that the agents hash with: a difference in one byte is an honest result refused.
 */

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase(inject('cluster'))
})
afterAll(() => database.drop())

/** 100,000 by `pnpm test:deep`. */
const DOCUMENTS = Number(process.env.JSON_DOCUMENTS ?? 20_000)
const BATCH = 4_000

type Row = { place: string; canonical: string; hash: string }

/** What the server makes of JSON texts. */
const bySql = (texts: string[]): Promise<Row[]> =>
  database.query<Row>(
    `select d.place, c.canonical, oblivion.content_hash(c.canonical) as hash
       from unnest($1::text[]) with ordinality as d (text, place)
      cross join lateral (select oblivion.canonical_json(d.text::jsonb) as canonical) c
      order by d.place`,
    [texts],
  )

/** Texts, and the values that they spell. */
const compare = async (texts: string[], values: unknown[] = texts.map((text) => JSON.parse(text))): Promise<void> => {
  const rows = await bySql(texts)
  expect(rows).toHaveLength(texts.length)
  for (const [index, row] of rows.entries()) {
    const canonical = canonicalJson(values[index])
    const hash = createHash('sha256').update(canonical).digest('hex')
    // Compared by hand: expect() on 100,000 rows takes longer than the database.
    if (row.canonical === canonical && row.hash === hash) continue
    const visible = (text: string) =>
      text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    expect(`${visible(row.canonical)} ${row.hash}, of ${visible(texts[index] ?? '')}`).toBe(
      `${visible(canonical)} ${hash}`,
    )
  }
}

/** Texts out of the corners of Unicode where orders and escapes differ; all but NUL, which jsonb cannot hold. */
const edge = [
  ...['', ' ', '"', '\\', '/', '\b\f\n\r\t', '\u0001', '\u001f', '\u007f', '\u0080', '\u2028', '\u2029'],
  ...[
    'é',
    'e\u0301',
    '\ud7ff',
    '\ue000',
    '\uf8ff',
    '\ufdd0',
    '\ufeff',
    '\uffff',
    '\u{10000}',
    '\u{1f600}',
    '\u{10ffff}',
  ],
  ...['__proto__', 'constructor', 'toString', 'a', 'A', 'aa', '1', '10', '9'],
]
const text = fc.oneof(
  fc.constantFrom(...edge),
  fc.array(fc.constantFrom(...edge), { maxLength: 4 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 6 }).map((value) => value.replaceAll('\0', '')),
)

const corners = [
  ...[0, -0, 1, -1, 0.1, 1e20, 1e21, 1e22, 123456789012345680000, 1e-6, 1e-7, 1.5e-7, 5e-324, 2.2250738585072014e-308],
  ...[
    1.7976931348623157e308,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    2 ** 53 + 2,
    2 ** 63,
    2 ** 64,
    1 / 3,
    9.5367431640625e-7,
  ],
  ...[999999999999999900000, 0.000001234, 4.35, 0.30000000000000004, 1e15, 1e16, 123456789012345.6],
]
const bits = new DataView(new ArrayBuffer(8))
const number = fc.oneof(
  fc.constantFrom(...corners, ...corners.map((value) => -value)),
  fc.integer(),
  fc.maxSafeInteger(),
  // Every exponent alike: fc.double prefers small ones.
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => {
    bits.setBigUint64(0, value)
    const double = bits.getFloat64(0)
    return Number.isFinite(double) ? double : 0
  }),
)

const { value } = fc.letrec<{ value: unknown; object: object; array: unknown[]; leaf: unknown }>((tie) => ({
  leaf: fc.oneof({ weight: 3, arbitrary: number }, { weight: 3, arbitrary: text }, fc.constantFrom(null, true, false)),
  object: fc
    .uniqueArray(fc.tuple(text, tie('value')), { selector: ([key]) => key, maxLength: 4 })
    .map(Object.fromEntries),
  array: fc.array(tie('value'), { maxLength: 3 }),
  value: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('object'), tie('array')),
}))

test(`${DOCUMENTS} random documents have the canonical text and the hash of @oblivion/core`, async () => {
  const seed = Date.now()
  const documents = fc.sample(value, { numRuns: DOCUMENTS, seed })
  expect(documents).toHaveLength(DOCUMENTS)
  const kinds = documents.map((document) => (Array.isArray(document) ? 'array' : typeof document))
  // A generator that makes leaves only would prove little.
  for (const kind of ['object', 'array', 'number', 'string'])
    expect(kinds.filter((k) => k === kind).length).toBeGreaterThan(DOCUMENTS / 20)
  // Against the documents themselves, not against JSON.parse of their texts: the V8 of Node 24.21 reads a wrong key out of
  // '{"x":"\uffff","\\u001f":1}' once it has read '{"x":"\uffff","\\\\":1}'.
  for (let from = 0; from < documents.length; from += BATCH) {
    const batch = documents.slice(from, from + BATCH)
    await compare(
      batch.map((document) => JSON.stringify(document)),
      batch,
    )
  }
})

test('numbers spelled as no JavaScript would spell them become the same double', async () => {
  const digits = fc.stringMatching(/^[0-9]{1,40}$/)
  const spelled = fc
    .tuple(
      fc.constantFrom('', '-'),
      digits.map((whole) => whole.replace(/^0+(?=\d)/, '')),
      fc.option(digits, { nil: undefined }),
      fc.option(fc.integer({ min: -260, max: 260 }), { nil: undefined }),
      fc.constantFrom('e', 'E', 'e+'),
    )
    .map(([sign, whole, fraction, exponent, mark]) => {
      const power = exponent === undefined ? '' : exponent < 0 ? `e${exponent}` : `${mark}${exponent}`
      return `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${power}`
    })
    // A double's halfway cases, which must round to even.
    .filter((spelling) => Number.isFinite(Number(spelling)))
  const halfway = [
    '9007199254740993',
    '9007199254740993.0000000001',
    '2.2250738585072011e-308',
    '1.0',
    '1.50',
    '0.0000001',
  ]
  await compare([...halfway, ...fc.sample(spelled, 5_000)])
})

test('keys are ordered by UTF-16 units, not by code points', async () => {
  const keys = ['\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '\u{10ffff}a', '\ud7ff', 'a\uffff', 'a\u{10000}', 'a']
  const document = Object.fromEntries(keys.map((key, index) => [key, index]))
  const [row] = await bySql([JSON.stringify(document)])
  expect(row?.canonical).toBe(canonicalJson(document))
  expect(Object.values(JSON.parse(row?.canonical ?? '{}'))).toEqual([8, 7, 6, 5, 2, 3, 4, 0, 1])
})

test('the last of two equal keys counts, as in JSON.parse', () =>
  compare(['{"a":1,"b":2,"a":3}', '{"a":{"a":1,"a":2}}']))

test('an object of one field is spelled as any other, whatever stands in it', () => {
  const values = [
    ...['": ', '{"a": 1}', 'a": "b', 'a\\', '\u2028', '\u007f', '\n', '', 'é', '\u{1f600}', 'x'.repeat(2_000)],
    ...[0, -0, 1.5, -7, 999_999_999_999_999, 1e15, 1e21, true, false, null, [], {}],
  ]
  const keys = ['a', '', 'a": ', '": "', 'é', '\n', '\ue000']
  const spelled = ['-0', '1.0', '1e3', '0.10', '999999999999999', '9007199254740993', '-1E2'].map((n) => `{"k":${n}}`)
  return compare([...spelled, ...keys.flatMap((key) => values.map((value) => JSON.stringify({ [key]: value })))])
})

test('what SQL hashes is what the agent reports', async () => {
  const result = { pixels: 'AAECAw==', size: [64, 1.0], note: 'é\u{1f600}' }
  const [row] = await bySql([JSON.stringify(result)])
  expect(row?.hash).toBe(resultHash(result))
})

test('a number beyond every double is a typed error, and one below the smallest is zero', async () => {
  await expect(bySql(['[1e400]'])).rejects.toMatchObject({
    code: 'OB005',
    detail: expect.stringContaining('number_out_of_range'),
  })
  await expect(bySql(['-1e309'])).rejects.toMatchObject({ code: 'OB005' })
  await compare(['1e-400', '-1e-400', '[2e-324]'])
})

test('the character NUL is refused by name where the text is read', async () => {
  await expect(bySql(['"\\u0000"'])).rejects.toMatchObject({
    code: '22P05',
    detail: expect.stringContaining('\\u0000'),
  })
})

test('a value nested too deep is a typed error, long before the server runs out of stack', async () => {
  const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`
  await compare([nested(64)])
  for (const depth of [65, 500, 5_000])
    await expect(bySql([nested(depth)])).rejects.toMatchObject({
      code: 'OB005',
      detail: expect.stringContaining('depth'),
    })
})
