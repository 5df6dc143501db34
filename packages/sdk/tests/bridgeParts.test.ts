import { describe, expect, test, vi } from 'vitest'
import type { Host } from '../src/agent/Host.ts'
import { type BridgeApi, remoteHost } from '../src/agent/remoteHost.ts'
import { retryDelay } from '../src/agent/retryDelay.ts'
import { acceptParent } from '../src/bridge/acceptParent.ts'
import { keepHardwareId } from '../src/bridge/keepHardwareId.ts'
import { readConfig } from '../src/bridge/readConfig.ts'
import { runWorker, type WorkerParts } from '../src/bridge/runWorker.ts'
import { HELLO, PORT } from '../src/protocol/messages.ts'
import { defaultLimits } from '../src/protocol/WorkerLimits.ts'

describe('A11: the bridge takes one port, once, from its parent', () => {
  const allowed = 'https://dapp.example'
  const setUp = () => {
    const said: unknown[] = []
    const parent = { postMessage: (message: unknown, origin: string) => said.push([message, origin]) }
    const scope = Object.assign(new EventTarget(), { parent })
    const post = (fields: { source?: unknown; origin?: string; data?: unknown; ports?: unknown[] }): void => {
      const event = Object.assign(new Event('message'), {
        source: parent,
        origin: allowed,
        data: PORT,
        ports: ['port'],
        ...fields,
      })
      scope.dispatchEvent(event)
    }
    return { scope: scope as unknown as Window, post, said }
  }

  test('says hello to each allowed origin by name, and never to all', () => {
    const { scope, said } = setUp()
    void acceptParent(scope, [allowed, 'https://other.example'])
    expect(said).toEqual([
      [HELLO, allowed],
      [HELLO, 'https://other.example'],
    ])
  })

  test.each([
    ['a sibling frame', { source: {} }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that only begins alike', { origin: `${allowed}.evil.example` }],
    ['an opaque origin', { origin: 'null' }],
    ['another version', { data: 'oblivion:port:2' }],
    ['no port', { ports: [] }],
  ])('refuses %s, and the parent still gets in', async (_, fields) => {
    const { scope, post } = setUp()
    const accepted = acceptParent(scope, [allowed])
    post({ ports: ['theirs'], ...fields })
    post({})
    expect(await accepted).toBe('port')
  })

  test('a second port changes nothing', async () => {
    const { scope, post } = setUp()
    const accepted = acceptParent(scope, [allowed])
    post({})
    post({ ports: ['second'] })
    expect(await accepted).toBe('port')
  })
})

test('a bridge that stays silent is given up: a ping after 800 ms, a sandbox that does not come up after 15 s', async () => {
  vi.useFakeTimers()
  try {
    const silent = (): Promise<never> => new Promise(() => {})
    const host = remoteHost({ ping: silent, prepare: silent } as Partial<BridgeApi> as BridgeApi)
    const said: unknown[] = []
    void host.ping().then((pulse) => said.push(['ping', pulse]))
    void host.prepare().then((up) => said.push(['prepare', up]))
    const after = async (milliseconds: number): Promise<unknown[]> => {
      await vi.advanceTimersByTimeAsync(milliseconds)
      return said.splice(0)
    }
    expect(await after(799)).toEqual([])
    expect(await after(1)).toEqual([['ping', null]])
    expect(await after(14_199)).toEqual([])
    expect(await after(1)).toEqual([['prepare', false]])
  } finally {
    vi.useRealTimers()
  }
})

test('a tab that goes away sends its last word first', async () => {
  const did: string[] = []
  const word = { url: 'https://api.example', headers: {}, body: '{}' }
  const agent = {
    // The agent of a job: it says what to send for it, and computes on.
    call: async (name: string, [, , host]: unknown[]) => {
      if (name === 'over') return new Promise(() => {})
      ;(host as Host).hold(word)
      return { kind: 'value' }
    },
    close: () => did.push('agent closed'),
  }
  const worker = runWorker({
    send: () => {},
    sandbox: { kill: () => did.push('frame removed') },
    startAgent: () => agent,
    server: { supabaseUrl: 'https://api.example', anonKey: 'anon' },
    lock: async (_wait: boolean, _signal: AbortSignal, held: () => Promise<void>) => held().then(() => true),
    register: async () => ({ nodeId: 'node', nodeSecret: 'secret', settings: {} }),
    condition: () => null,
    sendLastWord: (sent: unknown) => did.push(sent === word ? 'sent' : 'sent something else'),
  } as unknown as WorkerParts)
  worker.receive({ type: 'start', hardwareId: 'id', limits: defaultLimits })
  await new Promise(setImmediate)
  worker.hide()
  expect(did).toEqual(['sent', 'frame removed', 'agent closed'])
})

test('the hardware id lasts, and where storage is closed one is made for this once', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage
  let made = 0
  const random = (): string => `id-${++made}`
  expect(keepHardwareId(() => storage, random)).toBe('id-1')
  expect(keepHardwareId(() => storage, random)).toBe('id-1')
  const closed = (): Storage => {
    throw new DOMException('denied', 'SecurityError')
  }
  expect(keepHardwareId(closed, random)).toBe('id-2')
})

test('a configuration is read whole or not at all', () => {
  const config = {
    supabaseUrl: 'https://api.example',
    anonKey: 'anon',
    sandboxUrl: 'https://sandbox.example',
    allowedParents: ['https://dapp.example/path'],
  }
  expect(readConfig({ ...config, more: 1 })).toEqual({ ...config, allowedParents: ['https://dapp.example'] })
  for (const field of Object.keys(config)) expect(() => readConfig({ ...config, [field]: 5 })).toThrow(TypeError)
  expect(() => readConfig({ ...config, allowedParents: ['*'] })).toThrow(TypeError)
  expect(() => readConfig(null)).toThrow(TypeError)
})

test('back-off doubles from a second to a minute, within the upper half', () => {
  expect([1, 2, 3, 7, 50].map((failures) => retryDelay(failures, () => 1))).toEqual([1000, 2000, 4000, 60_000, 60_000])
  expect([1, 2, 3, 7, 50].map((failures) => retryDelay(failures, () => 0))).toEqual([500, 1000, 2000, 30_000, 30_000])
})
