import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { bridgeOrigin, type ClientBench, dappOrigin, startClientBench } from '../client-checks/clientBench.ts'
import { rawRequest } from '../rawRequest.ts'

/** Threat A6: any page that a developer opens can reach 127.0.0.1. */
let bench: ClientBench
let port: number

beforeAll(async () => {
  bench = await startClientBench(inject('cluster'), { chainUrl: 'http://127.0.0.1:9' })
  port = Number(new URL(bench.url).port)
})
afterAll(() => bench.close())

const doors = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/rest/v1/check_items' },
  { method: 'POST', path: '/rest/v1/rpc/check_add' },
  { method: 'PATCH', path: '/rest/v1/check_items?id=eq.1' },
  { method: 'GET', path: '/auth/v1/settings' },
  { method: 'POST', path: '/auth/v1/signup' },
  { method: 'POST', path: '/auth/v1/token?grant_type=web3' },
  { method: 'POST', path: '/realtime/v1/api/broadcast' },
  { method: 'GET', path: '/realtime/v1/websocket' },
  { method: 'GET', path: '/storage/v1/object/public/check-public/a.png' },
  { method: 'POST', path: '/storage/v1/object/check-public/a.png' },
  { method: 'POST', path: '/chain' },
  { method: 'OPTIONS', path: '/rest/v1/check_items' },
]

const foreignHosts = [
  'evil.example',
  'evil.example:PORT',
  '127.0.0.1',
  '127.0.0.1:1',
  'localhost',
  'localhost.evil.example:PORT',
  '127.0.0.1.evil.example:PORT',
  '[::1]:PORT',
  '0.0.0.0:PORT',
]

const foreignOrigins = [
  'http://evil.example',
  'null',
  'http://localhost:5174',
  'https://localhost:5173',
  'http://127.0.0.1:5173',
  'http://localhost:5173.evil.example',
  'http://localhost:5173/',
  '',
]

describe.each(doors)('$method $path', ({ method, path }) => {
  test('is closed to foreign hosts', async () => {
    for (const name of foreignHosts) {
      const host = name.replace('PORT', String(port))
      expect([host, (await rawRequest({ port, method, path, host })).status]).toEqual([host, 403])
    }
  })

  test('is closed to foreign origins, and answers them without CORS', async () => {
    for (const origin of foreignOrigins) {
      const headers = { origin, 'access-control-request-method': 'POST', apikey: bench.anonKey }
      const answer = await rawRequest({ port, method, path, host: `127.0.0.1:${port}`, headers })
      expect([origin, answer.status]).toEqual([origin, 403])
      expect(answer.head.toLowerCase()).not.toContain('access-control-allow-origin')
    }
  })
})

const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
const websocket = (options: { host?: string; origin?: string; path?: string }) =>
  rawRequest({
    ...{ port, host: options.host ?? `127.0.0.1:${port}` },
    path: options.path ?? `/realtime/v1/websocket?vsn=2.0.0&apikey=${bench.anonKey}`,
    headers: {
      ...upgrade,
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...(options.origin === undefined ? {} : { origin: options.origin }),
    },
  })

test('a WebSocket is closed to foreign hosts and origins', async () => {
  for (const name of foreignHosts) {
    const host = name.replace('PORT', String(port))
    expect([host, (await websocket({ host })).status]).toEqual([host, 403])
  }
  for (const origin of foreignOrigins) expect([origin, (await websocket({ origin })).status]).toEqual([origin, 403])
})

test('a WebSocket needs the key, a known version and the right path', async () => {
  expect((await websocket({ path: '/realtime/v1/websocket?vsn=2.0.0' })).status).toBe(401)
  expect((await websocket({ path: '/realtime/v1/websocket?vsn=2.0.0&apikey=wrong' })).status).toBe(401)
  expect((await websocket({ path: `/realtime/v1/websocket?vsn=9&apikey=${bench.anonKey}` })).status).toBe(400)
  expect((await websocket({ path: `/rest/v1/?apikey=${bench.anonKey}` })).status).toBe(404)
  // No path at all.
  expect((await websocket({ path: '//' })).status).toBe(404)
})

test.each([dappOrigin, bridgeOrigin])('the page %s is let in, by both names of the server', async (origin) => {
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const answer = await rawRequest({
      ...{ port, host, path: '/rest/v1/check_items?select=id' },
      headers: { origin, apikey: bench.anonKey },
    })
    expect(answer.status).toBe(200)
    expect(answer.head.toLowerCase()).toContain(`access-control-allow-origin: ${origin}`)
  }
})

test('our pages may read errors of every door', async () => {
  const asPage = {
    origin: dappOrigin,
    apikey: bench.anonKey,
    authorization: 'Bearer broken',
    'content-type': 'text/plain',
  }
  const failing = [
    ...['/rest/v1/check_nothing', '/rest/v1/rpc/check_nothing', '/auth/v1/user', '/auth/v1/nothing', '/nothing'],
    ...['/storage/v1/object/check-private/a.png', '/storage/v1/object/public/check-private/a.png', '/chain'],
  ]
  for (const path of failing) {
    const answer = await fetch(bench.url + path, { headers: asPage })
    expect([path, answer.status >= 400]).toEqual([path, true])
    expect([path, answer.headers.get('access-control-allow-origin')]).toEqual([path, dappOrigin])
  }
  const large = { method: 'POST', headers: asPage, body: 'x'.repeat(64 * 1024 + 1) }
  const answer = await fetch(`${bench.url}/auth/v1/signup`, large)
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([413, dappOrigin])
})

test('a preflight of our page allows the headers that the client sends', async () => {
  const answer = await fetch(`${bench.url}/rest/v1/rpc/check_add`, {
    method: 'OPTIONS',
    headers: {
      origin: dappOrigin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'apikey,authorization,prefer,x-client-info,x-node-key,x-api-key',
    },
  })
  expect(answer.status).toBe(204)
  for (const header of ['x-node-key', 'x-api-key'])
    expect(answer.headers.get('access-control-allow-headers')).toContain(header)
  expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH')
})

test('dev.json is served in no form', async () => {
  const paths = [
    ...['/dev.json', '/.oblivion/dev.json', '/../.oblivion/dev.json', '/%2e%2e/.oblivion/dev.json'],
    ...['/storage/v1/object/public/../../dev.json', '/storage/v1/object/public/check-public/..%2f..%2fdev.json'],
    ...['/rest/v1/dev.json', '/health/../dev.json', '//dev.json', '/dev.json?apikey='],
  ]
  for (const path of paths) {
    const { status, body } = await rawRequest({ port, path, host: `127.0.0.1:${port}` })
    expect([path, status >= 400 && status < 500]).toEqual([path, true])
    expect(body).not.toContain('privateKey')
  }
})

test('every door but health, chain, public and signed objects wants the key of the project', async () => {
  const closed = ['/rest/v1/check_items', '/auth/v1/settings', '/realtime/v1/api/broadcast', '/storage/v1/object/a/b']
  for (const path of closed) {
    expect([path, (await fetch(bench.url + path)).status]).toEqual([path, 401])
    expect([path, (await fetch(bench.url + path, { headers: { apikey: 'wrong' } })).status]).toEqual([path, 401])
  }
  expect((await fetch(`${bench.url}/health`)).status).toBe(200)
})

test('a body that is too large or of unknown length is refused', async () => {
  const post = (body: string | ReadableStream, more: object = {}) =>
    fetch(`${bench.url}/auth/v1/signup`, { method: 'POST', headers: { apikey: bench.anonKey }, body, ...more })
  expect((await post('x'.repeat(64 * 1024 + 1))).status).toBe(413)
  expect((await post(new Blob(['{}']).stream(), { duplex: 'half' })).status).toBe(411)
})

test('A13: headers that only a trusted proxy could vouch for do not reach SQL', async () => {
  const forged = { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7', 'x-node-key': 'kept' }
  const { data } = await bench.anon({ global: { headers: forged } }).rpc('check_whoami')
  expect(data).toMatchObject({ forwarded: null, nodeKey: 'kept' })
})
