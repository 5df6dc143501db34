import { inputLimits, spelledBytes } from '@oblivion/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, type Engine, type Wallet } from './engine/engine.ts'

/* Inputs as a text, NDJSON or CSV: one chunk a line or record, or an error that names the line. */

let engine: Engine
let customer: Wallet

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
afterAll(() => engine.drop())

const inputsOf = async (format: string, text: string) => {
  const taskId = await engine.task(customer, 0, { inputs: { format, text } })
  const rows = await engine.query<{ input: unknown }>(
    'select input from oblivion.chunks where task_id = $1 order by chunk_index',
    [taskId],
  )
  return rows.map(({ input }) => input)
}

describe('what a text becomes', () => {
  test.each<[string, string, string, unknown[]]>([
    ['a JSON value a line', 'ndjson', '{"a": 1}\n[2]\n"three"\nnull', [{ a: 1 }, [2], 'three', null]],
    ['empty lines and CRLF', 'ndjson', '\r\n1\r\n \t\n2\r\n', [1, 2]],
    [
      'columns by their names',
      'csv',
      'x,y\n1,2\n3,4\n',
      [
        { x: '1', y: '2' },
        { x: '3', y: '4' },
      ],
    ],
    ['a single column, and no line end at the end', 'csv', 'x\n1', [{ x: '1' }]],
    [
      'quotes, commas and lines within quotes',
      'csv',
      'x,"y ""z"""\r\n"a,b","c\nd""e"\r\n',
      [{ x: 'a,b', 'y "z"': 'c\nd"e' }],
    ],
    ['empty fields, quoted or not', 'csv', 'x,y,z\n,"",\n', [{ x: '', y: '', z: '' }]],
    ['a mark of byte order before it', 'csv', '\uFEFFx\n1', [{ x: '1' }]],
  ])('%s', async (_, format, text, inputs) => {
    expect(await inputsOf(format, text)).toEqual(inputs)
  })

  test('ten thousand records', async () => {
    const text = `n,word\n${Array.from({ length: 10_000 }, (_, n) => `${n},"w, ${n}"`).join('\n')}`
    const inputs = await inputsOf('csv', text)
    expect(inputs).toHaveLength(10_000)
    expect(inputs.at(-1)).toEqual({ n: '9999', word: 'w, 9999' })
  })
})

test('an input has 64 levels at most: one of thousands cannot be passed to a program, and every node would give it back', async () => {
  const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`
  expect(await inputsOf('ndjson', `1\n${nested(64)}`)).toHaveLength(2)
  for (const levels of [65, 5000])
    await expect(inputsOf('ndjson', `1\n${nested(levels)}`)).rejects.toMatchObject({
      code: 'OB005',
      detail: expect.stringContaining('inputs[1]'),
    })
})

describe('what is refused, by its line', () => {
  test.each<[string, string, string, number]>([
    ['no JSON', 'ndjson', '1\n\n{a}\n{b}', 3],
    ['a character that no column holds', 'ndjson', '1\n"\\u0000"', 2],
    ['too few fields', 'csv', 'x,y\n1,2\n3', 3],
    ['too many fields', 'csv', 'x,y\n1,2,3', 2],
    ['a quote within a field', 'csv', 'x,y\n1,2\na"b"c,3', 3],
    ['text behind a quoted field', 'csv', 'x,y\n"a"b,3', 2],
    ['a quote that nothing closes', 'csv', 'x\n1\n"2\n3\n4', 3],
    ['a name twice', 'csv', 'x,x\n1,2', 1],
    ['no name', 'csv', 'x,\n1,2', 1],
    ['too few fields, quoted ones before it', 'csv', 'x,y\n"1\n",2\n3', 4],
    ['a name twice, quoted', 'csv', '"x",x\n1,2', 1],
  ])('%s', async (_, format, text, line) => {
    await expect(inputsOf(format, text)).rejects.toMatchObject({
      code: 'OB005',
      message: expect.stringMatching(new RegExp(`^Line ${line} of inputs.text `)),
    })
  })

  test.each([
    ['another format', { format: 'tsv', text: '1' }],
    ['no text', { format: 'csv' }],
    ['more than these two', { format: 'csv', text: 'x\n1', header: false }],
    ['no record', { format: 'csv', text: 'x' }],
    ['no line', { format: 'ndjson', text: '\n' }],
    ['too much', { format: 'ndjson', text: '1'.repeat(8_388_609) }],
  ])('%s', async (_, inputs) => {
    await expect(engine.task(customer, 0, { inputs })).rejects.toMatchObject({ code: 'OB005' })
  })

  test('more chunks than a task may have', async () => {
    await engine.query('update oblivion.settings set max_chunks_per_task = 1000')
    try {
      await expect(inputsOf('ndjson', '1\n'.repeat(1_001))).rejects.toMatchObject({ code: 'OB014' })
      expect(await inputsOf('ndjson', '1\n'.repeat(1_000))).toHaveLength(1_000)
    } finally {
      await engine.query('update oblivion.settings set max_chunks_per_task = default')
    }
  })
})

test('what customers reckon that an input takes here covers it, and their limit is this one', async () => {
  const some = fc.sample(fc.json({ stringUnit: 'grapheme' }), 500).filter((json) => !/\\u(0000|d[89a-f])/i.test(json))
  const flat = JSON.stringify(Array.from({ length: 21_844 }, () => 1))
  const inputs = [...some, flat, '[5e-324,-1.5e-300,1.7976931348623157e+308,1e+21,0.000001]', '{"1e-7":[[],{"":0}]}']
  const rows = await engine.query<{ bytes: number }>(
    'select octet_length(i.json::jsonb::text) as bytes from unnest($1::text[]) with ordinality as i (json, place) order by i.place',
    [inputs],
  )
  for (const [place, json] of inputs.entries())
    expect(spelledBytes(Buffer.byteLength(json), json), json.slice(0, 200)).toBeGreaterThanOrEqual(
      rows[place]?.bytes ?? NaN,
    )
  expect(await engine.query('select max_inline_bytes from oblivion.settings')).toEqual([
    { max_inline_bytes: inputLimits.inline },
  ])
  expect(await inputsOf('ndjson', flat)).toHaveLength(1)
})
