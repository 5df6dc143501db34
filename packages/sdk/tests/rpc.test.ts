import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Listening, listen } from './harness/listen.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'

let profile: Profile
let server: Listening

const bundle = async (contents: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL('../src/rpc', import.meta.url).pathname, loader: 'ts' },
    bundle: true,
    format: 'iife',
    globalName: 'rpc',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

beforeAll(async () => {
  const page = await bundle(`export { connectWorker } from './connectWorker.ts'`)
  const worker = await bundle(`import { exposeToOwner } from './exposeToOwner.ts'
    exposeToOwner({
      echo: (value) => value,
      later: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds, 'late')),
      never: () => new Promise(() => {}),
      throws: () => { throw new Error('on purpose') },
      closes: () => { close(); return new Promise(() => {}) },
      crashes: () => { setTimeout(() => { throw new Error('crash') }); return new Promise(() => {}) },
      unclonable: () => () => {},
    }, self)`)
  server = await listen((request, response) => {
    const files: Record<string, string> = {
      '/': '<!doctype html><script src="/page.js"></script>',
      '/page.js': page,
      '/worker.js': worker,
    }
    files['/closed.js'] = 'close()'
    files['/silent.js'] = ''
    files['/broken.js'] = 'throw new Error("broken")'
    const body = files[request.url ?? '']
    if (body === undefined) return response.writeHead(404).end()
    response.setHeader('content-type', request.url === '/' ? 'text/html' : 'text/javascript')
    response.end(body)
  })
  profile = await spawnChromium()
})
afterAll(async () => {
  await profile.close()
  await server.close()
})

test('every call ends in one outcome, whatever becomes of the worker: 25 rounds of 12 faults', async () => {
  const page = await profile.context.newPage()
  await page.goto(`http://127.0.0.1:${server.port}/`)
  const rounds = 25
  const ended = await page.evaluate(async (rounds) => {
    // biome-ignore lint/suspicious/noExplicitAny: the bundle's global.
    const { connectWorker } = (globalThis as any).rpc
    let count = 0
    const open = (path = '/worker.js') => {
      const name = `test-${count++}`
      const worker = new Worker(path, { name })
      return { worker, connection: connectWorker(worker, { name, startMs: 500 }) }
    }
    type Opened = ReturnType<typeof open>
    const up = async ({ connection }: Opened) => connection.call('echo', [1])
    const faults: Record<string, () => Promise<{ kind: string }[]>> = {
      value: async () => {
        const opened = open()
        const outcomes = [await opened.connection.call('echo', [{ a: 1 }])]
        opened.connection.close()
        return outcomes
      },
      throws: async () => {
        const opened = open()
        const outcomes = [await opened.connection.call('throws', []), await opened.connection.call('unclonable', [])]
        outcomes.push(await opened.connection.call('echo', [() => {}]))
        opened.connection.close()
        return outcomes
      },
      'terminate by somebody else': async () => {
        const opened = open()
        await up(opened)
        const calls = [opened.connection.call('never', []), opened.connection.call('later', [60_000])]
        opened.worker.terminate()
        return Promise.all(calls)
      },
      'self-close': async () => {
        const opened = open()
        return Promise.all([opened.connection.call('never', []), opened.connection.call('closes', [])])
      },
      crash: async () => {
        const opened = open()
        return Promise.all([opened.connection.call('never', []), opened.connection.call('crashes', [])])
      },
      'missing script': async () => [await open('/missing.js').connection.call('echo', [1])],
      'script that throws': async () => [await open('/broken.js').connection.call('echo', [1])],
      'script that never comes up': async () => [await open('/silent.js').connection.call('echo', [1])],
      'script that closes itself': async () => [await open('/closed.js').connection.call('echo', [1])],
      release: async () => {
        const opened = open()
        const calls = [opened.connection.call('never', []), opened.connection.call('later', [10])]
        opened.connection.close()
        return [...(await Promise.all(calls)), await opened.connection.call('echo', [1])]
      },
      deadline: async () => {
        const opened = open()
        const outcomes = [await opened.connection.call('never', [], { deadlineMs: 30 })]
        opened.connection.close()
        return outcomes
      },
      abort: async () => {
        const opened = open()
        const control = new AbortController()
        const call = opened.connection.call('never', [], { signal: control.signal })
        control.abort()
        const outcomes = [await call, await opened.connection.call('echo', [1], { signal: control.signal })]
        opened.connection.close()
        return outcomes
      },
    }
    const unsettled = Symbol('unsettled')
    const result: Record<string, Record<string, number>> = {}
    for (let round = 0; round < rounds; round++) {
      // All faults of a round side by side, as a busy tab has them.
      await Promise.all(
        Object.entries(faults).map(async ([name, fault]) => {
          const outcomes = await Promise.race([
            fault(),
            new Promise<typeof unsettled>((resolve) => setTimeout(resolve, 10_000, unsettled)),
          ])
          const kinds = outcomes === unsettled ? ['UNSETTLED'] : outcomes.map(({ kind }) => kind)
          const counts = result[name] ?? {}
          result[name] = counts
          for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
        }),
      )
    }
    return result
  }, rounds)
  expect(ended).toEqual({
    value: { value: rounds },
    throws: { threw: 3 * rounds },
    'terminate by somebody else': { died: 2 * rounds },
    'self-close': { died: 2 * rounds },
    crash: { died: 2 * rounds },
    'missing script': { died: rounds },
    'script that throws': { died: rounds },
    'script that never comes up': { died: rounds },
    'script that closes itself': { died: rounds },
    release: { released: 3 * rounds },
    deadline: { timeout: rounds },
    abort: { aborted: 2 * rounds },
  })
}, 120_000)

test('a connection outlives the collection of everything that the caller let go of', async () => {
  const page = await profile.context.newPage()
  await page.goto(`http://127.0.0.1:${server.port}/`)
  const session = await profile.context.newCDPSession(page)
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noExplicitAny: globals of the test.
    const scope = globalThis as any
    const worker = new Worker('/worker.js', { name: 'pinned' })
    const { call } = scope.rpc.connectWorker(worker, { name: 'pinned' })
    scope.answer = call('later', [1500])
    scope.call = call
  })
  for (let i = 0; i < 10; i++) {
    await session.send('HeapProfiler.collectGarbage')
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)))
  }
  expect(
    // biome-ignore lint/suspicious/noExplicitAny: globals of the test.
    await page.evaluate(async () => [await (globalThis as any).answer, await (globalThis as any).call('echo', [7])]),
  ).toEqual([
    { kind: 'value', value: 'late' },
    { kind: 'value', value: 7 },
  ])
}, 30_000)
