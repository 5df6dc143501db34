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

test('what needs more memory than there is for it is not canonical either', async () => {
  const text = utf8.encode(`[${Array(1_000_000).fill(1).join()}]`)
  expect(await hashCanonical(text, { memoryMb: 16 })).toBeNull()
})

test('a thread that is late, or ends by anything else, says nothing about the text', async () => {
  await expect(hashCanonical(utf8.encode('1'), { withinMs: 1 })).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect(hashCanonical(null as never)).rejects.toBeInstanceOf(TypeError)
})

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Storage as far as the reader asks it: uploads by name, a number being an answer of that status. `kept` cannot be removed. */
const startStorage = async (uploads: Record<string, string | number>, kept: readonly string[] = []) => {
  const asked: string[] = []
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
      if (request.method === 'DELETE') {
        const names = JSON.parse(body.toString()).prefixes as string[]
        if (names.some((name) => kept.includes(name))) return void response.writeHead(400).end('{"statusCode":"500"}')
        removed.push(...names)
        return void response.end(JSON.stringify(names.map((name) => ({ name }))))
      }
      if (request.method === 'GET') asked.push(path)
      if (request.method === 'POST') written.push(`${path} ${sha256(body)}`)
      else if (typeof upload === 'string') return void response.end(upload)
      else if (upload === 404) return void response.writeHead(400).end('{"statusCode":"404"}')
      else return void response.writeHead(upload).end()
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, written, removed }
}

type Options = Partial<Pick<Parameters<typeof createResultReader>[0], 'now' | 'hash'>> & { kept?: string[] }

/** A reader of these uploads, all of which were delivered; `judged` and `said` grow with its turns. */
const readerOf = async (uploads: Record<string, string | number>, resultHash: string, options: Options = {}) => {
  const { kept, ...more } = options
  const storage = await startStorage(uploads, kept)
  const judged: unknown[][] = []
  const said: { msg: string; [field: string]: unknown }[] = []
  const engine: Engine = {
    call: async (name, args) => {
      if (name === 'judge_delivery') judged.push([...(args ?? [])])
      if (name === 'uploads_left') return Object.keys(uploads)
      if (name === 'inputs_left') return ['left']
      if (name === 'checkpoints_left') return ['gone on from']
      return name === 'deliveries_due'
        ? Object.keys(uploads)
            .filter((upload) => !judged.some(([jobId]) => jobId === upload))
            .map((upload) => ({ jobId: upload, attempt: 1, resultHash, name: upload }))
        : null
    },
    close: async () => {},
  }
  const log = createLogger('warn', { write: (line) => void said.push(JSON.parse(line)) })
  const parts = { engine, supabaseUrl: storage.url, supabaseKey: 'public', now: Date.now, log }
  const reader = createResultReader({ ...parts, ...more })
  const { signal } = new AbortController()
  /** Null, or why it failed. */
  const turn = () =>
    reader.turn(signal).then(
      () => null,
      (error: Error) => error.message,
    )
  return { ...storage, judged, said, turn, sweep: () => reader.sweep(signal) }
}
const read = async (...of: Parameters<typeof readerOf>) => {
  const reader = await readerOf(...of)
  return { ...reader, failed: await reader.turn() }
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
  expect(removed).toEqual(upload === 404 ? [] : ['one'])
})

test('what nobody needs any more is removed, whatever Storage keeps of it, and that is said', async () => {
  const { sweep, removed, said } = await readerOf({ old: '1', kept: '2', older: '3' }, '', { kept: ['kept'] })
  await sweep()
  expect(removed).toEqual(['old', 'older', 'left', 'gone on from'])
  expect(said).toMatchObject([{ bucket: 'oblivion-results', left: 1, of: 3 }])
})

test('a result is judged though its upload cannot be removed now, and that is said', async () => {
  const { judged, failed, said } = await read({ one: '1' }, sha256('1'), { kept: ['one'] })
  expect(failed).toBeNull()
  expect(judged).toHaveLength(1)
  expect(said).toMatchObject([{ jobId: 'one', msg: expect.stringContaining('could not be removed') }])
})

test('a turn ends while its key surely holds, and the next goes on', async () => {
  let now = 0
  // Each takes three minutes.
  const hash = async (bytes: Uint8Array) => {
    now += 180_000
    return sha256(bytes)
  }
  const { turn, judged } = await readerOf({ one: '1', two: '1', three: '1' }, sha256('1'), { now: () => now, hash })
  await turn()
  expect(judged.map(([jobId]) => jobId)).toEqual(['one', 'two'])
  await turn()
  expect(judged.map(([jobId]) => jobId)).toEqual(['one', 'two', 'three'])
})

test('what Storage does not show to a key that may have lapsed is not judged to be gone', async () => {
  // The machine slept between the key and the answer.
  const times = [0, 0, 600_000]
  const { turn, judged } = await readerOf({ one: 404 }, sha256('1'), { now: () => times.shift() ?? 600_000 })
  expect(await turn()).toBe('Storage shows no upload, to a key that may have lapsed.')
  expect(judged).toEqual([])
  await turn()
  expect(judged).toEqual([['one', 1, null, null]])
})

test('an error of the thread judges nothing, and what failed comes after all others', async () => {
  const broken = new Set([sha256('1')])
  const hash = async (bytes: Uint8Array) => {
    if (broken.has(sha256(bytes))) throw new Error('no thread can be made')
    return sha256(bytes)
  }
  const uploads: Record<string, string | number> = { one: '1' }
  const { turn, asked, judged, said, removed } = await readerOf(uploads, sha256('1'), { hash })
  expect(await turn()).toBe('no thread can be made')
  expect({ judged, removed }).toEqual({ judged: [], removed: [] })
  uploads.two = '2'
  expect(await turn()).toBe('no thread can be made')
  expect(asked).toEqual(['one', 'two', 'one'])
  broken.clear()
  expect(await turn()).toBeNull()
  expect(judged).toEqual([
    ['two', 1, sha256('2'), 1],
    ['one', 1, sha256('1'), 1],
  ])
  expect(said).toMatchObject([{ jobId: 'one', error: { message: 'no thread can be made' } }])
})

test('a text that is late to be hashed is given another turn, and judged by that', async () => {
  // What failed otherwise before is not late for the second time.
  const errors = [new Error('broken')]
  const hash = async () => {
    throw errors.pop() ?? new DOMException('late', 'TimeoutError')
  }
  const { turn, judged } = await readerOf({ one: '1' }, sha256('1'), { hash })
  expect(await turn()).toBe('broken')
  expect(await turn()).toBe('late')
  expect(judged).toEqual([])
  expect(await turn()).toBeNull()
  expect(judged).toEqual([['one', 1, null, 1]])
})

test('while Storage fails nothing is judged, and no other result waits for it', async () => {
  const { judged, failed } = await read({ one: 503, two: '1' }, sha256('1'))
  expect(failed).toBe('Storage answered 503 to a reading.')
  expect(judged).toEqual([['two', 1, sha256('1'), 1]])
})
