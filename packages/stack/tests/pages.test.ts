import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headersOf } from '../../sdk/src/node/headersOf.ts'
import { buildOrigins } from '../src/pages/buildOrigins.ts'
import type { PagesConfig } from '../src/pages/pagesConfig.ts'
import { serveOrigin } from '../src/pages/servePages.ts'
import { freePort } from '../src/process/reservePort.ts'
import { rawRequest } from './rawRequest.ts'

const SECRET = 'a private key'

let root: string
let config: PagesConfig
let servers: Server[]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'oblivion-pages-'))
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  put('.oblivion/dev.json', SECRET)
  put('dapp/index.html', '<title>Oblivion</title>')
  put('dapp/theme.js', 'theme()')
  put('dapp/healthz', 'ok')
  put('dapp/assets/app-1a2b.js', 'app()')
  put('dapp/.inputs.sha256', 'hidden')
  put('dapp/.hidden/file.js', 'hidden')
  symlinkSync(join(root, '.oblivion/dev.json'), join(root, 'dapp/link.json'))
  symlinkSync(join(root, '.oblivion'), join(root, 'dapp/folder'))
  put('sdk/bridge.html', 'bridge')
  put('sdk/bridge.js', 'bridge()')
  put('sdk/agent.js', 'agent()')
  put('sdk/sandbox.html', 'sandbox')
  put('sdk/programs/ab.js', 'program()')
  put(
    'sdk/headers.json',
    JSON.stringify({
      dapp: headersOf('').dapp,
      bridge: { 'Content-Security-Policy': 'connect-src {api}; frame-src {sandbox}; frame-ancestors {dapp}' },
      sandbox: { 'Content-Security-Policy': 'sandbox allow-scripts; frame-ancestors {bridge}' },
      embed: { 'Content-Security-Policy': 'connect-src {api}; frame-ancestors *' },
      embedSandbox: { 'Content-Security-Policy': 'sandbox allow-scripts; frame-ancestors *' },
      script: { 'Access-Control-Allow-Origin': '*' },
    }),
  )
  config = {
    ports: { dapp: await freePort(), bridge: await freePort(), sandbox: await freePort(), demo: await freePort() },
    folders: { dapp: join(root, 'dapp'), sdk: join(root, 'sdk'), demo: join(root, 'demo') },
    demoSiteKey: 'obs_demo',
    dapp: {
      supabaseUrl: 'http://127.0.0.1:54321',
      anonKey: 'anon',
      apiUrl: 'http://127.0.0.1:3001',
      rpcUrl: 'http://127.0.0.1:8545/chain',
      chainId: 31337,
      settlementAddress: '0x1',
      tokenAddress: '0x2',
      bridgeUrl: 'http://127.0.0.1:1',
      embedDemoUrl: 'http://localhost:1',
      explorerUrl: null,
      environment: 'development',
      developmentAccounts: [],
    },
  }
  const origins = buildOrigins(config)
  servers = [
    ...(await serveOrigin(origins.dapp, config.ports.dapp, ['127.0.0.1', '::1'])),
    ...(await serveOrigin(origins.bridge, config.ports.bridge, ['127.0.0.1'])),
    ...(await serveOrigin(origins.sandbox, config.ports.sandbox, ['127.0.0.1'])),
  ]
})
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(root, { recursive: true, force: true })
})

type Name = keyof PagesConfig['ports']
const hostOf = (name: Name): string => `${name === 'dapp' ? 'localhost' : '127.0.0.1'}:${config.ports[name]}`
const get = (name: Name, path: string, more: { host?: string; method?: string; address?: string } = {}) =>
  rawRequest({ port: config.ports[name], path, host: hostOf(name), ...more })

describe('what is served', () => {
  test.each([
    ['dapp', '/', 'Oblivion', 'text/html; charset=utf-8'],
    ['dapp', '/theme.js', 'theme()', 'text/javascript; charset=utf-8'],
    ['dapp', '/healthz', 'ok', 'text/plain; charset=utf-8'],
    ['dapp', '/jobs/0b5c2f6e-1111-4222-8333-444455556666', 'Oblivion', 'text/html; charset=utf-8'],
    ['dapp', '/wallet?from=here', 'Oblivion', 'text/html; charset=utf-8'],
    ['bridge', '/bridge.html', 'bridge', 'text/html; charset=utf-8'],
    ['bridge', '/programs/ab.js', 'program()', 'text/javascript; charset=utf-8'],
    ['sandbox', '/sandbox.html', 'sandbox', 'text/html; charset=utf-8'],
  ] as const)('%s %s', async (name, path, text, contentType) => {
    const answer = await get(name, path)
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining(text) })
    expect(answer.head.toLowerCase()).toContain(`content-type: ${contentType}`)
  })

  test('the public facts, and nothing secret among them', async () => {
    expect(JSON.parse((await get('dapp', '/config.json')).body)).toEqual(config.dapp)
    expect(JSON.parse((await get('bridge', '/config.json')).body)).toEqual({
      supabaseUrl: 'http://127.0.0.1:54321',
      anonKey: 'anon',
      sandboxUrl: `http://${hostOf('sandbox')}`,
      dappUrl: `http://${hostOf('dapp')}`,
      allowedParents: [`http://${hostOf('dapp')}`],
    })
    expect((await get('sandbox', '/config.json')).status).toBe(404)
  })

  test('hashed files may be kept, all else is asked for anew', async () => {
    expect((await get('dapp', '/assets/app-1a2b.js')).head).toContain('immutable')
    expect((await get('dapp', '/')).head).toContain('no-store')
  })

  test('HEAD answers the head alone, other methods are refused', async () => {
    expect(await get('dapp', '/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect((await get('dapp', '/', { method: 'POST' })).status).toBe(405)
  })
})

describe('headers', () => {
  test('no page may frame the dApp, and only our origins are reached from it', async () => {
    const { head } = await get('dapp', '/')
    expect(head).toContain("frame-ancestors 'none'")
    expect(head).toContain("default-src 'none'")
    expect(head).toContain(`frame-src http://${hostOf('bridge')} http://localhost:1;`)
    const reached = [
      ...['http://127.0.0.1:54321', 'ws://127.0.0.1:54321', 'http://127.0.0.1:3001', 'http://127.0.0.1:8545'],
      `http://${hostOf('bridge')}`,
    ]
    expect(head).toContain(`connect-src 'self' ${reached.join(' ')};`)
    expect(head).not.toMatch(/\{\w+\}/)
    expect(head).toContain('x-content-type-options: nosniff')
    expect(head).toContain('referrer-policy: no-referrer')
  })

  test('bridge and sandbox get the SDK’s own, with this stack’s origins, on every file', async () => {
    for (const path of ['/bridge.html', '/agent.js', '/config.json', '/programs/ab.js', '/nothing']) {
      const { head } = await get('bridge', path)
      expect(head).toContain(
        `connect-src http://127.0.0.1:54321; frame-src http://${hostOf('sandbox')}; frame-ancestors http://${hostOf('dapp')}`,
      )
    }
    expect((await get('sandbox', '/sandbox.html')).head).toContain(
      `sandbox allow-scripts; frame-ancestors http://${hostOf('bridge')}`,
    )
  })
})

describe('what is not served', () => {
  test.each(['evil.example', 'localhost', 'localhost:1', '127.0.0.1', ''])('to Host %j', async (host) => {
    for (const name of ['dapp', 'bridge', 'sandbox'] as const) {
      const answer = await get(name, '/', { host })
      expect(answer.status === 403 || answer.status === 400).toBe(true)
      expect(answer.body).not.toContain('Oblivion')
    }
  })

  test('the dApp under the address of the other site, on either loopback', async () => {
    for (const address of ['127.0.0.1', '::1']) {
      const { port } = { port: config.ports.dapp }
      expect((await get('dapp', '/', { host: `127.0.0.1:${port}`, address })).status).toBe(403)
      expect((await get('dapp', '/', { address })).status).toBe(200)
    }
  })

  test('the files of one origin by another', async () => {
    expect((await get('bridge', '/sandbox.html')).status).toBe(404)
    expect((await get('sandbox', '/bridge.html')).status).toBe(404)
    expect((await get('sandbox', '/bridge.js')).status).toBe(404)
    expect((await get('bridge', '/headers.json')).status).toBe(404)
    expect((await get('bridge', '/')).status).toBe(404)
  })

  test.each([
    '/.oblivion/dev.json',
    '/../.oblivion/dev.json',
    '/..%2f.oblivion%2fdev.json',
    '/%2e%2e/.oblivion/dev.json',
    '/%252e%252e/.oblivion/dev.json',
    '/..\\.oblivion\\dev.json',
    '/assets/../../.oblivion/dev.json',
    '/@fs/root/.oblivion/dev.json',
    '/@fs/%2e%2e/.oblivion/dev.json?raw',
    '//.oblivion/dev.json',
    'file:///.oblivion/dev.json',
    'http://localhost/.oblivion/dev.json',
    '/.inputs.sha256',
    '/.hidden/file.js',
    '/link.json',
    '/folder/dev.json',
    '/theme.js%00',
    '/%E0%A4%A',
    '/__proto__',
  ])('%s', async (path) => {
    for (const name of ['dapp', 'bridge', 'sandbox'] as const) {
      const answer = await get(name, path)
      expect(answer.body).not.toContain(SECRET)
      expect(answer.body).not.toContain('hidden')
      // A plain word is a route of the app, all else is nothing at all.
      expect(answer.status).toBe(path === '/__proto__' && name === 'dapp' ? 200 : 404)
    }
  })

  test('a build without its headers', () => {
    const folders = { ...config.folders, sdk: join(root, 'nowhere') }
    expect(() => buildOrigins({ ...config, folders })).toThrow('not built')
  })
})
