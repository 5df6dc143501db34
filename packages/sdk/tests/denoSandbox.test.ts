import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleNamedPrograms } from '@oblivion/programs/build'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { RunOutcome } from '../src/agent/Host.ts'
import { createDenoSandbox, type DenoSandbox } from '../src/node/createDenoSandbox.ts'
import { findDeno } from '../src/node/findDeno.ts'
import { bombs } from './harness/bombs.ts'
import { startQueue } from './harness/startQueue.ts'
import { startServerNode } from './harness/startServerNode.ts'

// What a job may do on a server node: compute, and nothing else. Judged by collectors that see requests and datagrams,
// and by a file that nobody writes, not by what the program throws.

const run = promisify(execFile)
let folder: string
let sandbox: DenoSandbox
let hits: string[]
const http = createServer((request, response) => {
  hits.push(`http ${request.url}`)
  response.end('export default 1')
})
const udp = createSocket('udp4')
let httpPort: number
let udpPort: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oblivion-deno-test-'))
  await writeFile(join(folder, 'secret.txt'), 'the secret')
  sandbox = createDenoSandbox({ deno: findDeno(), cacheFolder: () => folder, memoryMiB: 128 })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
  udp.on('message', () => hits.push('udp'))
  httpPort = (http.address() as AddressInfo).port
  udpPort = udp.address().port
})
afterAll(async () => {
  sandbox.kill()
  http.close()
  udp.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  hits = []
})

const plain = { support: null, seed: '0'.repeat(64), resumed: null, maxMemoryMiB: 16, pace: 1 }

/** Runs a program as the agent does: until its end, or until two pings in a row find nobody. */
const compute = async (source: string, input: unknown = null, maxLength = 10_000): Promise<RunOutcome | 'dead'> => {
  expect(await sandbox.prepare()).toBe(true)
  const ended = sandbox.run({ ...plain, source, input, maxLength })
  const over = new AbortController()
  const dead = (async () => {
    for (let misses = 0; misses < 2; ) {
      await vi.waitUntil(async () => over.signal.aborted || (await sandbox.ping()) === null, { timeout: 90_000 })
      misses++
    }
    return 'dead' as const
  })()
  const outcome = await Promise.race([ended, dead])
  over.abort()
  sandbox.kill()
  return outcome
}

/** Each tries to reach out; its answer says what it saw, and must be empty or an error. */
const vectors: [name: string, body: string, alsoWithRights?: boolean][] = [
  ['fetch', 'await fetch(http + "/fetch")', true],
  ['Deno.connect', 'await Deno.connect({ hostname: "127.0.0.1", port: httpPort })'],
  [
    'a datagram',
    'const s = Deno.listenDatagram({ port: 0, transport: "udp" }); await s.send(new Uint8Array(1), { transport: "udp", hostname: "127.0.0.1", port: udpPort })',
  ],
  [
    'WebSocket',
    'await new Promise((r) => { const w = new WebSocket(http.replace("http", "ws") + "/ws"); w.onerror = r; w.onopen = r })',
    true,
  ],
  [
    'EventSource',
    'await new Promise((r) => { const e = new EventSource(http + "/events"); e.onerror = r; e.onopen = r })',
    true,
  ],
  ['import() from the network', 'await import(http + "/module.js")', true],
  [
    'import() from a file',
    'return (await import("file://" + folder + "/secret.txt", { with: { type: "text" } })).default',
  ],
  ['import() of node:fs', 'return (await import("node:fs")).readFileSync(folder + "/secret.txt", "utf8")', true],
  ['import() of fs', 'return (await import("fs")).readFileSync(folder + "/secret.txt", "utf8")'],
  [
    'import() of node:net',
    'await new Promise(async (r) => (await import("node:net")).connect(httpPort, "127.0.0.1", r))',
    true,
  ],
  [
    'import() of node:dgram',
    'const s = (await import("node:dgram")).createSocket("udp4"); await new Promise((r) => s.send("x", udpPort, "127.0.0.1", r)); s.close()',
    true,
  ],
  ['import() of node:dns', 'return await (await import("node:dns/promises")).lookup("localhost")'],
  ['import() of node:child_process', 'return String((await import("node:child_process")).execSync("id"))'],
  ['import() of node:worker_threads', 'return typeof (await import("node:worker_threads")).Worker'],
  ['import() of node:process', 'return (await import("node:process")).default.pid'],
  ['import() of node:os', 'return (await import("node:os")).cpus().length'],
  ['import() of npm:', 'return Object.keys(await import("npm:ms"))'],
  ['import() of jsr:', 'return Object.keys(await import("jsr:@std/path"))'],
  ['reading a file', 'return Deno.readTextFileSync(folder + "/secret.txt")', true],
  ['writing a file', 'Deno.writeTextFileSync(folder + "/written.txt", "x")', true],
  ['a subprocess', 'return new Deno.Command("id").outputSync().success'],
  ['the environment', 'return Deno.env.toObject()'],
  ['the process', 'return [Deno.pid, Deno.execPath(), Deno.cwd()]'],
  ['native code', 'return Deno.dlopen("libc.so.6", {})'],
  ['a nested worker', 'new Worker(URL.createObjectURL(new Blob(["1"])), { type: "module" })'],
  ['navigator', 'return navigator.hardwareConcurrency'],
  ['a GPU', 'return await navigator.gpu.requestAdapter()'],
  ['storage', 'localStorage.setItem("a", "b"); return localStorage.getItem("a")'],
  ['the cache', 'return await caches.open("x")'],
  ['a broadcast', 'new BroadcastChannel("x").postMessage(1); return 1'],
  ['the clock', 'return Date.now()'],
  ['the locale', 'return new Intl.DateTimeFormat().resolvedOptions().timeZone'],
  ['a timer', 'return setTimeout(() => {}, 1)'],
  ['a turn of its own', 'return queueMicrotask(() => {})'],
  ['eval', 'return eval("typeof Deno")'],
  ['Deno by a constructor', 'return (async () => {}).constructor("return Deno.pid")()'],
  ['another line of output', 'console.log(JSON.stringify({ text: "1" })); return 1'],
]

const asProgram = (body: string) => `export default async ({ http, httpPort, udpPort, folder }) => { ${body} }`

test(`RN-33, A1, A7: ${vectors.length} ways out of a job: no request, no datagram, no file, no word about the machine`, async () => {
  const input = { http: `http://127.0.0.1:${httpPort}`, httpPort, udpPort, folder }
  const said = []
  for (const [name, body] of vectors) said.push([name, await compute(asProgram(body), input)])
  expect(said.filter(([, outcome]) => (outcome as RunOutcome).kind !== 'failed')).toEqual([])
  expect(JSON.stringify(said)).not.toContain('the secret')
  expect(hits).toEqual([])
  expect(await readdir(folder)).not.toContain('written.txt')
})

test('the collectors do see the same attempts when they are made with all rights', async () => {
  const input = { http: `http://127.0.0.1:${httpPort}`, httpPort, udpPort, folder }
  const withRights = vectors.filter(([, , control]) => control === true)
  for (const [, body] of withRights) {
    const script = `const { http, httpPort, udpPort, folder } = ${JSON.stringify(input)}
      const said = await (async () => { ${body} })(); console.log(said ?? ''); Deno.exit(0)`
    const file = join(folder, 'control.ts')
    await writeFile(file, script)
    const { stdout } = await run(findDeno(), ['run', '-A', '--no-check', file], { env: { DENO_DIR: folder } })
    if (stdout.includes('the secret')) hits.push('secret')
  }
  await vi.waitUntil(() => hits.includes('udp'), { timeout: 90_000 })
  expect([...new Set(hits)].sort()).toEqual([
    'http /events',
    'http /fetch',
    'http /module.js',
    'http /ws',
    'secret',
    'udp',
  ])
  expect(await readdir(folder)).toContain('written.txt')
})

test('a program’s result, progress, error, and a stray rejection', async () => {
  expect(await compute('export default ({ a }) => ({ sum: a + 1 })', { a: 2 })).toEqual({
    kind: 'done',
    text: '{"sum":3}',
    rested: expect.any(Number),
  })
  expect(await compute('export default () => { throw new Error("no light") }')).toEqual({
    kind: 'failed',
    error: 'no light',
  })
  expect(await compute('export default () => new Promise(() => {})')).toEqual({
    kind: 'failed',
    error: 'The program ended without a result.',
  })
  expect(await compute('export default async () => { Promise.reject(1); await null; return 7 }')).toEqual({
    kind: 'done',
    text: '7',
    rested: expect.any(Number),
  })
  await sandbox.prepare()
  const forever = sandbox.run({
    ...plain,
    source: 'export default (_, { progress }) => { progress(0.5); for (;;); }',
    input: 0,
    maxLength: 10,
  })
  await vi.waitUntil(async () => (await sandbox.ping())?.progress === 0.5, { timeout: 90_000 })
  sandbox.kill()
  expect(await forever).toEqual({ kind: 'killed' })
  expect(await sandbox.ping()).toBe(null)
})

test('bombs: heap, array buffers, WebAssembly, a result of 500 MB, a flood of progress', async () => {
  expect(await compute('export default () => { const a = []; for (;;) a.push(new Array(1e5).fill(1.5)) }')).toBe('dead')
  expect(await compute('export default () => { const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1)) }')).toBe(
    'dead',
  )
  expect(await compute('export default () => "x".repeat(500e6)')).not.toMatchObject({ kind: 'done' })
  expect(await compute('export default () => "x".repeat(20000)')).toEqual({ kind: 'too_large', length: 20_002 })
  const flood = 'export default (_, { progress }) => { for (let i = 0; i < 1e6; i++) progress(i / 1e6); return 1 }'
  expect(await compute(flood)).toEqual({ kind: 'done', text: '1', rested: expect.any(Number) })
  // And the next job runs as ever.
  expect(await compute('export default () => 1')).toEqual({ kind: 'done', text: '1', rested: expect.any(Number) })
})

/** Programs that put words into the mouth of our own script, which shares their realm. */
const ventriloquists: Record<string, string> = {
  ...Object.fromEntries(
    (['throwingProxy', 'throwsProxy', 'throwsNothing', 'protoResult', 'poisonedRealm', 'setters'] as const).map(
      (name) => [name, bombs[name]],
    ),
  ),
  'a line that is no object': 'export default () => { Object.prototype.toJSON = () => 1; return {} }',
  'lines of its own':
    'export default (_, { progress }) => { TextEncoder.prototype.encode = () => new Uint8Array([49, 10]); progress(1); return 1 }',
  'an error that is no text': 'export default () => { globalThis.String = () => ({}); throw 1 }',
  'a checkpoint that is no text':
    'export default (_, { checkpoint }) => { JSON.stringify = () => ({ length: 0 }); checkpoint(1); return 1 }',
}
test('A7: a program that poisons its realm ends itself at most, and the next one runs', async () => {
  const ends: Record<string, unknown> = {}
  for (const [name, source] of Object.entries(ventriloquists)) ends[name] = await compute(source)
  const returned = (text: string) => ({ kind: 'done', text, rested: expect.any(Number) })
  const failed = (error: unknown) => ({ kind: 'failed', error })
  expect(ends).toEqual({
    throwingProxy: failed('It threw what has no text.'),
    throwsProxy: failed('It threw what has no text.'),
    throwsNothing: failed('undefined'),
    protoResult: returned('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    poisonedRealm: returned('"forged"'),
    setters: returned('{"honest":true}'),
    'a line that is no object': returned('1'),
    'lines of its own': returned('1'),
    'an error that is no text': failed('The program ended without a result.'),
    'a checkpoint that is no text': returned('1'),
  })
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(await compute('export default () => 1')).toEqual(returned('1'))
})

/** Whether a job's process is there, by the heap that it may have: other tests have such of their own. */
const lives = async (memoryMiB: number): Promise<boolean> => {
  const { stdout } = await run('ps', ['-eo', 'args'])
  const heap = `--max-old-space-size=${memoryMiB} `
  return stdout.split('\n').some((line) => line.includes('denoMain.ts') && line.includes(heap))
}

test('SW-41: a server node leaves at least its poll interval between two polls, whatever the server says', async () => {
  const queue = await startQueue()
  const node = startServerNode(queue, { pollInterval: 250 })
  const polls = await queue.until(() => {
    const asked = queue.calls.filter(({ name }) => name === 'work_cycle')
    return asked.length === 3 && asked.map(({ at }) => at)
  })
  await node.stop()
  await queue.close()
  // The queue says 100 ms; a timer may be a little early by another clock.
  for (const [number, at] of polls.slice(1).entries()) expect(at - (polls[number] ?? at)).toBeGreaterThan(240)
})

test('SW-36, SW-42: a job that takes longer than it may is ended with its process, and the next one runs; a failure is told with its words', async () => {
  const queue = await startQueue()
  const js = (source: string) => ({ program: { kind: 'js', source } as const, input: null })
  const endless = 'export default () => { for (;;); }'
  const patient = 'export default async () => { for (;;) await null }'
  queue.push(...[endless, patient].map((source) => ({ ...js(source), timeoutSeconds: 1 })))
  queue.push(js('export default () => 7'))
  queue.push(js('export default () => { throw new Error("no paper") }'))
  const told: unknown[] = []
  const node = startServerNode(queue, {
    memoryMiB: 131,
    onEvent: (event) => event.type === 'report' && told.push([event.report.outcome, event.error]),
  })
  const reports = await queue.until(() => queue.reports.length === 4 && told.length === 4 && queue.reports)
  const late = { outcome: 'failed', error: 'OB208', metrics: { elapsedMs: expect.any(Number) } }
  expect(reports).toMatchObject([
    late,
    late,
    { outcome: 'succeeded', result: 7 },
    { outcome: 'failed', error: 'OB205: no paper' },
  ])
  for (const { metrics } of reports.slice(0, 2)) expect(metrics.elapsedMs).toBeGreaterThanOrEqual(1000)
  expect(told).toEqual([
    ['failed', 'OB208'],
    ['failed', 'OB208'],
    ['succeeded', null],
    ['failed', 'OB205: no paper'],
  ])
  await node.stop()
  await queue.close()
  await vi.waitUntil(async () => !(await lives(131)), { timeout: 90_000 })
})

test('a worker whose temporary folder was cleaned away while it waited makes another and goes on', async () => {
  const queue = await startQueue()
  const place = await mkdtemp(join(folder, 'tmp-'))
  vi.stubEnv('TMPDIR', place)
  try {
    const made = () => readdir(place)
    const job = { program: { kind: 'js', source: 'export default () => 7' }, input: 0 } as const
    queue.push(job)
    const node = startServerNode(queue)
    await queue.until(() => queue.reports.length === 1)
    const [first = ''] = await made()
    await rm(join(place, first), { recursive: true })
    queue.push(job)
    const [, report] = await queue.until(() => queue.reports.length === 2 && queue.reports)
    expect(report).toMatchObject({ outcome: 'succeeded', result: 7 })
    expect(await made()).not.toContain(first)
    await node.stop()
    expect(await made()).toEqual([])
  } finally {
    vi.unstubAllEnvs()
    await queue.close()
  }
})

test('a killed job leaves no process behind; without Deno there is no sandbox', async () => {
  await sandbox.prepare()
  void sandbox.run({ ...plain, source: 'export default () => { for (;;); }', input: 0, maxLength: 10 })
  await vi.waitUntil(() => lives(128), { timeout: 90_000 })
  sandbox.kill()
  await vi.waitUntil(async () => !(await lives(128)), { timeout: 90_000 })
  const without = createDenoSandbox({ deno: join(folder, 'absent'), cacheFolder: () => folder, memoryMiB: 128 })
  expect(await without.prepare()).toBe(false)
})

test('Deno is found on the path wherever that leads; one that does not know our flags is no program’s fault', async () => {
  const { PATH } = process.env
  const own = sandbox
  try {
    await mkdir(join(folder, 'bin'))
    await symlink(findDeno(), join(folder, 'bin/deno'))
    process.env.PATH = `${join(folder, 'bin')}:${PATH}`
    sandbox = createDenoSandbox({ deno: 'deno', cacheFolder: () => folder, memoryMiB: 128 })
    expect(await compute('export default () => 1')).toMatchObject({ kind: 'done', text: '1' })
    await writeFile(join(folder, 'old'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const old = createDenoSandbox({ deno: join(folder, 'old'), cacheFolder: () => folder, memoryMiB: 128 })
    expect(await old.prepare()).toBe(false)
    expect(await old.prepare()).toBe(false)
    // A launcher that starts Deno as a child of its own.
    await writeFile(join(folder, 'launcher'), `#!/bin/sh\n${findDeno()} "$@"\nexit\n`, { mode: 0o755 })
    const launched = createDenoSandbox({ deno: join(folder, 'launcher'), cacheFolder: () => folder, memoryMiB: 132 })
    expect(await launched.prepare()).toBe(true)
    const endless = launched.run({ ...plain, source: 'export default () => { for (;;); }', input: 0, maxLength: 10 })
    await vi.waitUntil(() => lives(132), { timeout: 90_000 })
    launched.kill()
    expect(await endless).toEqual({ kind: 'killed' })
    await vi.waitUntil(async () => !(await lives(132)), { timeout: 90_000 })
    // One that says nothing and never ends.
    await writeFile(join(folder, 'silent'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 })
    const silent = createDenoSandbox({ deno: join(folder, 'silent'), cacheFolder: () => folder, memoryMiB: 128 })
    const waits = silent.prepare()
    silent.kill()
    expect(await waits).toBe(false)
  } finally {
    process.env.PATH = PATH
    sandbox = own
  }
})

test('SW-3: the safety guide names every place on a machine where a worker or the dApp keeps something', async () => {
  const root = join(import.meta.dirname, '../../..')
  const guide = await readFile(join(root, 'docs/worker-safety.md'), 'utf8')
  const files = globSync('{packages/sdk/src,apps/cli/src/worker,apps/dapp/src}/**/*.{ts,tsx}', { cwd: root })
  const text = (await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')))).join('\n')
  const keys = [...text.matchAll(/\b(?:key|storageKey)(?: =|:) ['`](oblivion[\w.:-]+)/gi)].map(([, key = '']) => key)
  expect(keys).toEqual(expect.arrayContaining(['oblivion:hardware-id', 'oblivion.session.', 'oblivion.wagmi']))
  const folders = [...text.matchAll(/mkdtempSync\(join\(tmpdir\(\), '([a-z-]+)'/g)].map(([, folder = '']) => folder)
  expect(folders).toEqual(['oblivion-deno-'])
  // That of the local stack's wallets is of a development page.
  const kept = [...keys, ...folders].filter((key) => !key.startsWith('oblivion.development.'))
  expect(kept.filter((key) => !guide.includes(key))).toEqual([])
})

test('SW-22: a program of ours that the engine keeps by name computes here', async () => {
  const { storyboard, asset_prep } = await bundleNamedPrograms()
  const brief = { title: 'A title', query: 'One thing. Another.', mediaType: 'video' }
  expect(await compute(storyboard.source, brief)).toMatchObject({ kind: 'done' })
  const pixel =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  expect(await compute(asset_prep.source, { metadata: { image_url: pixel } })).toMatchObject({ kind: 'done' })
})
