import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Engine } from '../../src/database/createEngine.ts'
import { createLogger } from '../../src/log/createLogger.ts'
import { createResultReader } from '../../src/results/createResultReader.ts'
import { hashCanonical } from '../../src/results/hashCanonical.ts'

const utf8 = new TextEncoder()
const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')

test.each(['{"a":[1,2.5,"x"],"b":null}', '"ü"', '0', `${'['.repeat(64)}${']'.repeat(64)}`, '"[[\\"{"'])(
  'canonical text is hashed: %s',
  async (text) => {
    expect(await hashCanonical(utf8.encode(text))).toBe(sha256(text))
  },
)

test.each([
  ['a space', utf8.encode('{"a": 1}')],
  ['another order', utf8.encode('{"b":1,"a":2}')],
  ['a number spelt otherwise', utf8.encode('1.0')],
  ['a number that is none', utf8.encode('1e999')],
  ['a lone surrogate', utf8.encode('"\\ud800"')],
  ['a mark of byte order', utf8.encode('\ufeff1')],
  ['bytes that are no text', new Uint8Array([0x22, 0xff, 0x22])],
  ['nothing', new Uint8Array()],
  ['half of a text', utf8.encode('{"a":')],
  ['65 levels', utf8.encode(`${'['.repeat(65)}${']'.repeat(65)}`)],
])('%s is not canonical', async (_, bytes) => {
  expect(await hashCanonical(bytes)).toBeNull()
})

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Storage as far as the reader asks it: uploads by name, a number being an answer of that status. */
const startStorage = async (uploads: Record<string, string | number>) => {
  const written: string[] = []
  const removed: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(
      /^\/storage\/v1\/object\/(authenticated\/)?oblivion-(?:results|inputs)\/?/,
      '',
    )
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const upload = uploads[path] ?? 404
      if (request.method === 'DELETE') removed.push(...JSON.parse(body.toString()).prefixes)
      else if (request.method === 'POST') written.push(`${path} ${sha256(body)}`)
      else if (typeof upload === 'string') return void response.end(upload)
      else if (upload === 404) return void response.writeHead(400).end('{"statusCode":"404"}')
      else return void response.writeHead(upload).end()
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, written, removed }
}

const read = async (uploads: Record<string, string | number>, resultHash: string) => {
  const storage = await startStorage(uploads)
  const judged: unknown[] = []
  const engine: Engine = {
    call: async (name, args) => {
      if (name === 'judge_delivery') judged.push(args)
      return name === 'deliveries_due'
        ? Object.keys(uploads).map((upload) => ({ jobId: upload, attempt: 1, resultHash, name: upload }))
        : null
    },
    close: async () => {},
  }
  const log = createLogger('error')
  const reader = createResultReader({ engine, supabaseUrl: storage.url, supabaseKey: 'public', log })
  const turn = reader.turn(new AbortController().signal)
  const failed = await turn.then(
    () => null,
    (error: Error) => error.message,
  )
  return { ...storage, judged, failed }
}

test('what has its hash is written under it before it is judged, and its upload removed', async () => {
  const { judged, written, removed } = await read({ one: '{"a":1}' }, sha256('{"a":1}'))
  expect(written).toEqual([`results/${sha256('{"a":1}')} ${sha256('{"a":1}')}`])
  expect(judged).toEqual([['one', 1, sha256('{"a":1}'), 7]])
  expect(removed).toEqual(['one'])
})

test.each([
  ['other bytes', '{"a":2}', [sha256('{"a":2}'), 7]],
  ['no canonical text', '{ }', [null, 3]],
  ['no object', 404, [null, null]],
  ['more than 16 MiB', 'x'.repeat(16 * 1024 * 1024 + 9), [null, 16 * 1024 * 1024 + 1]],
])('T12: of %s nothing is written, and the engine is told', async (_, upload, seen) => {
  const { judged, written, removed } = await read({ one: upload }, sha256('{"a":1}'))
  expect(written).toEqual([])
  expect(judged).toEqual([['one', 1, ...seen]])
  expect(removed).toEqual(['one'])
})

test('what nobody needs any more is removed', async () => {
  const storage = await startStorage({})
  const call: Engine['call'] = async (name) =>
    name === 'uploads_left' ? ['old'] : name === 'inputs_left' ? ['left'] : null
  const log = createLogger('error')
  const engine = { call, close: async () => {} }
  const reader = createResultReader({ engine, supabaseUrl: storage.url, supabaseKey: 'public', log })
  await reader.sweep(new AbortController().signal)
  expect(storage.removed).toEqual(['old', 'left'])
})

test('while Storage fails nothing is judged, and no other result waits for it', async () => {
  const { judged, failed } = await read({ one: 503, two: '1' }, sha256('1'))
  expect(failed).toBe('Storage answered 503 to a reading.')
  expect(judged).toEqual([['two', 1, sha256('1'), 1]])
})
