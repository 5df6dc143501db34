import {
  ApiKeyInvalidError,
  CallAbortedError,
  CallTimeoutError,
  canonicalJson,
  NetworkUnreachableError,
  NotSignedInError,
  sha256Hex,
  UnexpectedAnswerError,
} from '@oblivion/core'
import { afterEach, expect, test } from 'vitest'
import { readStoredInput, readStoredResult, storeInput } from '../src/index.ts'
import { startServer, type TestServer } from './startServer.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const bytes = new TextEncoder().encode(canonicalJson({ sum: 1 }))
const resultHash = sha256Hex(bytes)
const serve = async (answer: Parameters<typeof startServer>[0]) => {
  server = await startServer(answer)
  const options = { supabaseUrl: server.url, supabaseKey: 'k', accessToken: async () => 't' }
  return { server, options }
}

test('a stored result is read as its customer, and a stored input, each by its hash', async () => {
  const { server, options } = await serve((response) => response.end(bytes))
  expect(await readStoredResult(options, { resultHash })).toBe('{"sum":1}')
  expect(server.received[0]).toMatchObject({
    url: `/storage/v1/object/authenticated/oblivion-results/results/${resultHash}`,
    headers: { apikey: 'k', authorization: 'Bearer t' },
  })
  expect(await readStoredInput(options, { address: '0xAB', hash: resultHash })).toBe('{"sum":1}')
  expect(server.received[1]?.url).toBe(`/storage/v1/object/authenticated/oblivion-inputs/0xab/${resultHash}`)
  const other = { address: '0xab', hash: sha256Hex('other') }
  await expect(readStoredInput(options, other)).rejects.toThrow(UnexpectedAnswerError)
})

test('by an API key as by a session, and by neither not at all', async () => {
  const { server, options } = await serve((response) => response.end(bytes))
  const byKey = { supabaseUrl: options.supabaseUrl, supabaseKey: 'k', apiKey: 'obk_1' }
  await readStoredResult(byKey, { resultHash })
  const { $stored } = await storeInput(byKey, { address: '0xAB', input: { sum: 1 } })
  expect($stored).toBe(resultHash)
  expect(
    server.received.map(({ method, url, headers }) => [method, url, headers['x-api-key'], headers.authorization]),
  ).toEqual([
    ['GET', `/storage/v1/object/authenticated/oblivion-results/results/${resultHash}`, 'obk_1', 'Bearer k'],
    ['POST', `/storage/v1/object/oblivion-inputs/0xab/${resultHash}`, 'obk_1', 'Bearer k'],
  ])
  const broken = { ...byKey, apiKey: 'obk_1\n2' }
  await expect(readStoredResult(broken, { resultHash })).rejects.toThrow(ApiKeyInvalidError)
  await expect(storeInput(broken, { address: '0xab', input: 1 })).rejects.toThrow(ApiKeyInvalidError)
  const { apiKey, ...nobody } = byKey
  await expect(readStoredResult(nobody, { resultHash })).rejects.toThrow(NotSignedInError)
  await expect(storeInput(nobody, { address: '0xab', input: 1 })).rejects.toThrow(NotSignedInError)
})

test('its keys go to no other place than the one it was given', async () => {
  const other = await startServer((response) => response.end(bytes))
  const { options } = await serve((response) => response.writeHead(307, { location: `${other.url}/` }).end())
  const byKey = { ...options, apiKey: 'obk_1' }
  await expect(readStoredResult(byKey, { resultHash })).rejects.toThrow(NetworkUnreachableError)
  await expect(storeInput(byKey, { address: '0xab', input: 1 })).rejects.toThrow(NetworkUnreachableError)
  expect(other.received).toEqual([])
  await other.close()
})

test.each([
  ['at all', () => undefined],
  ['to its end', (response) => response.write('{')],
] satisfies [string, Parameters<typeof startServer>[0]][])(
  'one that does not come %s is given up after its deadline',
  async (_, answer) => {
    const { options } = await serve(answer)
    const read = readStoredResult(options, { resultHash, deadlineMs: 50 })
    await expect(read).rejects.toThrow(CallTimeoutError)
    const stored = storeInput(options, { address: '0xab', input: 1, deadlineMs: 50 })
    await expect(stored).rejects.toThrow(CallTimeoutError)
    const nobody = { ...options, accessToken: () => new Promise<never>(() => {}) }
    await expect(readStoredResult(nobody, { resultHash, deadlineMs: 50 })).rejects.toThrow(CallTimeoutError)
  },
)

test('its reader may give it up, and so may who stores one', async () => {
  const { server, options } = await serve(() => undefined)
  const asked = server.nextRequest()
  const reader = new AbortController()
  const read = readStoredResult(options, { resultHash, signal: reader.signal })
  await asked
  reader.abort()
  await expect(read).rejects.toThrow(CallAbortedError)
  const stored = storeInput(options, { address: '0xab', input: 1, signal: reader.signal })
  await expect(stored).rejects.toThrow(CallAbortedError)
})
