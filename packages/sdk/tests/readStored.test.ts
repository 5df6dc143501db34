import { sha256Hex } from '@oblivion/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectNode } from '../src/agent/connectNode.ts'
import type { LoadLater } from '../src/agent/LaterFiles.ts'
import { readStored } from '../src/agent/readStored.ts'
import { loadLater } from '../src/node/loadLater.ts'
import { type Listening, listen } from './harness/listen.ts'

type Job = Parameters<typeof readStored>[1]
/** What comes of an object that does not come to its end. */
const SLOW = 'slow'
let arrived: () => void
const never = new AbortController().signal
const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`
const hashOf = (text: string) => sha256Hex(new TextEncoder().encode(text))

let server: Listening
const objects = new Map<string, string>()
let keys: unknown[]

beforeAll(async () => {
  server = await listen((request, response) => {
    keys.push(request.headers['x-node-key'])
    const text = objects.get(request.url?.replace('/storage/v1/object/authenticated/', '') ?? '')
    // Begun, and never ended.
    if (text === SLOW) return response.write('{', arrived)
    response.writeHead(text === undefined ? 400 : 200).end(text)
  })
})
afterAll(() => server.close())
beforeEach(() => {
  keys = []
  objects.clear()
  arrived = () => {}
})

const keep = (bucket: string, text: string, hash = hashOf(text)): string => {
  objects.set(`${bucket}/${hash}`, text)
  return `${bucket}/${hash}`
}
const address = () => ({ supabaseUrl: `http://127.0.0.1:${server.port}`, supabaseKey: 'public', nodeKey: 'secret' })
const read = async (job: Pick<Job, 'input' | 'inputUrl'>) => (await readStored(address(), job as Job, never)).input
const results = 'oblivion-results/results'
const inputs = 'oblivion-inputs/0x1'

test('in a first stage the value is the input; in a later one it takes its place among the parts', async () => {
  const input = keep(inputs, '{"n":1}')
  const previous = keep(results, '[2]')
  expect(await read({ input: null, inputUrl: input })).toEqual({ n: 1 })
  const stage = (own: unknown, before: unknown) => ({ input: own, previous: before })
  expect(await read({ input: stage('own', null), inputUrl: { input: null, previous } })).toEqual(stage('own', [2]))
  expect(await read({ input: stage(null, 'made'), inputUrl: { input, previous: null } })).toEqual(
    stage({ n: 1 }, 'made'),
  )
  expect(await read({ input: stage(null, null), inputUrl: { input, previous } })).toEqual(stage({ n: 1 }, [2]))
  expect(new Set(keys)).toEqual(new Set(['secret']))
})

const faults: [string, (bucket: string) => string, string][] = [
  ['is gone', (bucket) => `${bucket}/${'a'.repeat(64)}`, 'is not there.'],
  ['has other bytes', (bucket) => keep(bucket, '{}', 'b'.repeat(64)), 'has another hash than its name.'],
  ['is cut', (bucket) => keep(bucket, '{"n":'), 'is no JSON.'],
  ['is nested too deep', (bucket) => keep(bucket, nested(66)), 'is nested deeper than 64 levels.'],
]

test.each(faults)('T12: what %s fails the job, and the error says which it was', async (_, place, words) => {
  const fails = (text: string) => ({ code: 'OB205', values: { text: `${text} ${words}` } })
  await expect(read({ input: null, inputUrl: place(inputs) })).rejects.toMatchObject(fails('Its stored input'))
  const previous = place(results)
  await expect(
    read({ input: { input: 1, previous: null }, inputUrl: { input: null, previous } }),
  ).rejects.toMatchObject(fails('The stored result of the stage before it'))
})

test('T9: a state that it can be gone on from is believed by its hash alone; gone, others or no JSON it is none', async () => {
  const text = JSON.stringify({ rows: 'ü'.repeat(40_000) })
  const [hash, other] = [hashOf(text), 'c'.repeat(64)]
  const bucket = 'oblivion-checkpoints/uploads/job/1'
  const resume = async (url: string) =>
    (await readStored(address(), { input: 1, checkpoint: { url, hash: url.slice(-64) } } as Job, never)).checkpoint
  expect(await resume(keep(bucket, text))).toEqual({ hash, state: text })
  expect(await resume(keep(bucket, text, other))).toBeNull()
  for (const wrong of ['{"cut":', nested(66)]) expect(await resume(keep(bucket, wrong))).toBeNull()
  expect(await resume(`${bucket}/${'d'.repeat(64)}`)).toBeNull()
})

test('a reading that is dropped half way ends then, not with its deadline', async () => {
  const drop = new AbortController()
  const began = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const read = readStored(address(), { input: null, inputUrl: keep(inputs, SLOW) } as Job, drop.signal)
  await began
  drop.abort()
  await expect(read).rejects.toMatchObject({ code: 'OB101' })
})

test('the file that reads it is asked for by another address once it did not come, as older browsers need it', async () => {
  const asked: number[] = []
  const load: LoadLater = async (name, failures) => {
    asked.push(failures)
    if (asked.length < 3) throw new TypeError('Failed to fetch dynamically imported module')
    return loadLater(name, failures)
  }
  const { supabaseUrl, supabaseKey: anonKey, nodeKey: nodeSecret } = address()
  const settings = { heartbeatSeconds: 15, maxJobs: 1, maxInlineBytes: 1 }
  const api = connectNode({ supabaseUrl, anonKey }, { nodeId: 'n', nodeSecret, settings }, load)
  const job = { input: null, inputUrl: keep(inputs, '7') } as Job
  for (let tries = 0; tries < 2; tries++) await expect(api.stored(job, never)).rejects.toMatchObject({ code: 'OB101' })
  expect(await api.stored(job, never)).toMatchObject({ input: 7 })
  objects.clear()
  await expect(api.stored(job, never)).rejects.toMatchObject({ code: 'OB205' })
  await expect(api.stored(job, never)).rejects.toMatchObject({ code: 'OB205' })
  expect(asked).toEqual([0, 1, 2, 2, 2])
})
