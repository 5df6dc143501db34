import { inputLimits, RequestRefusedError } from '@oblivion/core'
import { afterEach, expect, test } from 'vitest'
import { type StoreInputsParameters, storeInputs } from '../src/index.ts'
import { type ReceivedRequest, sendJson, startServer, type TestServer } from './startServer.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A Storage that answers with this status, by what it gets and its place among all. */
const storage = async (statusOf: (request: ReceivedRequest, place: number) => number) => {
  const started = await startServer((response, request) =>
    sendJson(response, statusOf(request, started.received.indexOf(request)), {}),
  )
  server = started
  const { url, received } = started
  const options = { supabaseUrl: url, supabaseKey: 'k', accessToken: async () => 't' }
  const store = (inputs: readonly unknown[], more: Partial<StoreInputsParameters> = {}) =>
    storeInputs(options, {
      ...{ count: inputs.length, inputAt: async (index) => inputs[index], addressOf: async () => '0xa' },
      ...more,
    })
  return { store, received }
}

/** A text whose JSON has so many bytes. */
const text = (bytes: number) => 'x'.repeat(bytes - 2)
const storedPlaces = (parts: readonly unknown[]) =>
  parts.flatMap((part, index) => (typeof part === 'object' ? [index] : []))

test('what the call takes stands there, measured in bytes as Postgres writes them; the rest goes to Storage', async () => {
  const { store, received } = await storage(() => 200)
  const inputs = ['é'.repeat(22_000), 'é'.repeat(21_844), text(43_691), text(43_690)]
  const parts = await store(inputs)
  expect(storedPlaces(parts)).toEqual([0, 2])
  expect([parts[1], parts[3]]).toEqual([inputs[1], inputs[3]])
  expect(received.map(({ body }) => JSON.parse(body)).sort()).toEqual([inputs[0], inputs[2]].sort())
  // 27 kB, and 72 kB as it is written there.
  expect(storedPlaces(await store([Array.from({ length: 4_500 }, () => 1e-12)]))).toEqual([0])
})

test('where nothing is stored nobody is asked whose folder it is, and where something is, once', async () => {
  const { store } = await storage(() => 200)
  let asked = 0
  const addressOf = async () => `0x${asked++}`
  expect(await store([1, 'two', null], { addressOf })).toEqual([1, 'two', null])
  expect(asked).toBe(0)
  await store([text(50_000), text(50_001), text(50_002)], { addressOf })
  expect(asked).toBe(1)
})

test('a second try sends nothing twice, and has the room that the first one left', async () => {
  let refused = 50_001
  const { store, received } = await storage(({ body }) => (body.length === refused ? 403 : 200))
  const inline = Array.from({ length: Math.floor((inputLimits.call - 25_000) / 40_000) }, () => text(40_000))
  const inputs = [text(50_000), ...inline, text(50_001), ...inline.slice(0, 3)]
  const kept = new Map<number, unknown>()
  const first = Promise.withResolvers<void>()
  const inputAt = async (index: number) => {
    if (index > inline.length) await first.promise
    return inputs[index]
  }
  await expect(store(inputs, { kept, inputAt, onProgress: () => first.resolve() })).rejects.toThrow(RequestRefusedError)
  refused = 0
  const before = received.length
  const ready: number[] = []
  const parts = await store(inputs, { kept, onProgress: (count) => ready.push(count) })
  expect(storedPlaces(parts)).toEqual([0, ...[1, 2, 3, 4].map((at) => inline.length + at)])
  expect(received.slice(before).map(({ body }) => body.length)).not.toContain(50_000)
  expect(ready.at(-1)).toBe(inputs.length)
})

test('what may pass is tried three times; an answer is none of that', async () => {
  const again = await storage((_, place) => (place < 2 ? 503 : 200))
  expect(storedPlaces(await again.store([text(50_000)]))).toEqual([0])
  await server?.close()
  const never = await storage(() => 503)
  await expect(never.store([text(50_000)])).rejects.toMatchObject({ code: 'OB104', values: { status: 503 } })
  expect(never.received.length).toBe(3)
})

test.each([400, 403])('Storage says no with %i, and what to do about it stands beside', async (status) => {
  const { store, received } = await storage(() => status)
  await expect(store([text(50_000)])).rejects.toThrow(/deposit first, or take more rows a chunk.*Nothing was posted/)
  expect(received.length).toBe(1)
})

test('one that fails ends the others', async () => {
  const signals: (AbortSignal | null | undefined)[] = []
  const send: typeof fetch = (_, init) => {
    signals.push(init?.signal)
    return signals.length === 3 ? Promise.resolve(new Response('{}', { status: 413 })) : new Promise(() => {})
  }
  const options = { supabaseUrl: 'http://s', supabaseKey: 'k', accessToken: async () => 't', fetch: send }
  const inputAt = async (index: number) => text(50_000 + index)
  const stored = storeInputs(options, { count: 30, inputAt, addressOf: async () => '0xa' })
  await expect(stored).rejects.toMatchObject({ values: { status: 413 } })
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, true, true])
})

test('who gives it up hears why', async () => {
  const { store } = await storage(() => 200)
  const left = new AbortController()
  const inputAt = async (index: number) => {
    if (index === 5) left.abort(new Error('left'))
    return index
  }
  await expect(store(Array(30).fill(0), { inputAt, signal: left.signal })).rejects.toThrow('left')
})
