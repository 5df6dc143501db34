import { createHash } from 'node:crypto'
import type { BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ALLOWED } from '../src/sandbox/lockdown.ts'
import { type Listening, listen } from './harness/listen.ts'
import { openPage } from './harness/openPage.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'

/** Tries every way out that a program could try, and says for each what it met. */
const probe = `export default async ({ url }) => {
  const found = {}
  const ways = {
    fetch: () => fetch(url + '/fetch'),
    selfFetch: () => globalThis.self.fetch(url + '/self-fetch'),
    prototypeFetch: () => Object.getPrototypeOf(Object.getPrototypeOf(globalThis)).fetch(url + '/proto'),
    constructorFetch: () => globalThis.constructor.prototype.fetch(url + '/constructor'),
    evalFetch: () => (0, eval)('fetch')(url + '/eval'),
    functionFetch: () => Function('url', 'return fetch(url)')(url + '/function'),
    xhr: () => { const x = new XMLHttpRequest(); x.open('GET', url + '/xhr'); x.send() },
    webSocket: () => new WebSocket(url.replace('http', 'ws') + '/ws'),
    eventSource: () => new EventSource(url + '/event-source'),
    webTransport: () => new WebTransport(url.replace('http', 'https') + '/wt').ready,
    rtc: () => new RTCPeerConnection(),
    beacon: () => navigator.sendBeacon(url + '/beacon', 'x'),
    importScripts: () => importScripts(url + '/import-scripts'),
    dynamicImport: () => import(url + '/dynamic-import'),
    dataImport: () => import('data:text/javascript,export default 1'),
    functionImport: () => Function('url', 'return import(url)')(url + '/function-import'),
    worker: () => new Worker(url + '/worker'),
    indexedDB: () => indexedDB.open('x'),
    caches: () => caches.open('x'),
    navigator: () => navigator.userAgent,
    location: () => location.href,
    postMessage: () => postMessage('x'),
    close: () => close(),
    timer: () => setTimeout(() => {}, 0),
    clock: () => performance.now(),
    date: () => new Date(),
    intl: () => Intl.DateTimeFormat(),
    locale: () => (1.5).toLocaleString(),
    crypto: () => crypto.randomUUID(),
    image: () => new OffscreenCanvas(1, 1),
    font: () => new FontFace('x', 'url(' + url + '/font)').load(),
    storage: () => localStorage,
    channel: () => new BroadcastChannel('x'),
    addEventListener: () => addEventListener('message', () => {}),
    wasm: () => WebAssembly.Memory,
    shared: () => new SharedArrayBuffer(1),
  }
  for (const [name, way] of Object.entries(ways)) {
    try {
      await way()
      found[name] = 'open'
    } catch (error) {
      found[name] = error.constructor.name
    }
  }
  const left = []
  for (let level = globalThis; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Reflect.ownKeys(level)) if (level[name] !== undefined) left.push(String(name))
  }
  return { found, left: left.sort(), thisIs: typeof this }
}`

let profile: Profile
let context: BrowserContext
let queue: Queue
let sites: Sites
let collector: Listening
let seen: string[]

beforeAll(async () => {
  profile = await spawnChromium()
})
afterAll(() => profile.close())
beforeEach(async () => {
  seen = []
  collector = await listen((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response
      .writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' })
      .end('export default 1')
  })
  queue = await startQueue()
  sites = await startSites(queue.url, 'anon', { probe })
  context = await profile.browser.newContext()
})
afterEach(async () => {
  await context.close()
  await sites.close()
  await queue.close()
  await collector.close()
})

test('A1, A7: nothing leaves a job, and a job learns nothing of the device; the same program outside gets out', async () => {
  const url = `http://127.0.0.1:${collector.port}`
  queue.push({ program: 'probe', input: { url } })
  const page = await openPage(context, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' })
  await page.evaluate(() => window.worker.start())
  const done = await queue.until(() => queue.reports[0])
  await page.evaluate(() => window.worker.stop())
  expect(done.outcome).toBe('succeeded')
  const open = Object.entries(done.result.found).filter(([, met]) => met === 'open')
  expect(open).toEqual([])
  // PERSISTENT and TEMPORARY are two numbers that Chromium lets nobody take away.
  expect(done.result.left.filter((name: string) => !ALLOWED.split(' ').includes(name))).toEqual([
    'PERSISTENT',
    'TEMPORARY',
  ])
  expect(seen).toEqual([])

  // The control: the same text in a plain worker of a plain page reaches the collector, so the probe can fail.
  const plain = await context.newPage()
  await plain.goto(`${sites.pageUrl}/away.html`)
  await plain.evaluate(
    ({ probe, url }) =>
      new Promise((resolve, reject) => {
        const source = `onmessage = async ({ data }) => {
          const { default: program } = await import(URL.createObjectURL(new Blob([data.probe], { type: 'text/javascript' })))
          await program({ url: data.url }).catch(() => {})
          postMessage('over')
        }`
        const worker = new Worker(URL.createObjectURL(new Blob([source])))
        worker.onmessage = resolve
        worker.onerror = () => reject(new Error('control'))
        // Without the way that would end the control itself.
        worker.postMessage({ probe: probe.replace('close: () => close(),', ''), url })
      }),
    { probe, url },
  )
  await expect.poll(() => new Set(seen.map((line) => line.split('/')[1])).size, { timeout: 5000 }).toBeGreaterThan(8)
  expect(seen).toEqual(expect.arrayContaining(['GET /fetch', 'GET /xhr', 'GET /dynamic-import', 'GET /import-scripts']))
}, 60_000)

/** What a document can try on top of what a thread can, after a thread has tried everything without any lockdown. */
const freeForAll = `onmessage = ({ data: { probe, url }, ports: [port] }) => {
  const source = 'onmessage = async ({ data }) => {' +
    'const { default: program } = await import(URL.createObjectURL(new Blob([data.probe], { type: "text/javascript" })));' +
    'await program({ url: data.url }).catch(() => {}); postMessage("over") }'
  const worker = new Worker(URL.createObjectURL(new Blob([source])))
  const add = (tag, set) => document.body.append(Object.assign(document.createElement(tag), set))
  worker.onmessage = async () => {
    add('img', { src: url + '/image' })
    add('link', { rel: 'preload', as: 'fetch', href: url + '/preload' })
    add('link', { rel: 'stylesheet', href: url + '/stylesheet' })
    add('iframe', { src: url + '/frame' })
    add('script', { src: url + '/script' })
    const form = document.createElement('form')
    form.action = url + '/form'
    form.target = 'other'
    document.body.append(form)
    for (const way of [
      () => form.submit(),
      () => open(url + '/open'),
      () => { top.location = url + '/top' },
      () => navigator.sendBeacon(url + '/document-beacon'),
      async () => {
        const rtc = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:' + new URL(url).port }] })
        rtc.createDataChannel('x')
        await rtc.setLocalDescription(await rtc.createOffer())
      },
    ]) {
      try { await way() } catch {}
    }
    setTimeout(() => port.postMessage('over'), 500)
  }
  worker.postMessage({ probe, url })
}`

const letLoose = async (): Promise<void> => {
  const hash = createHash('sha256').update(freeForAll).digest('base64')
  sites.files.set('sandbox.html', `<!doctype html><body><script>${freeForAll}</script>`)
  const policy = sites.sandboxHeaders['Content-Security-Policy']
  if (policy) sites.sandboxHeaders['Content-Security-Policy'] = policy.replace(/'sha256-[^']+'/, `'sha256-${hash}'`)
  const page = await context.newPage()
  await page.goto(`${sites.pageUrl}/away.html`)
  await page.evaluate(
    ({ sandboxUrl, probe, url }) =>
      new Promise((resolve) => {
        const frame = document.createElement('iframe')
        frame.sandbox.add('allow-scripts')
        frame.src = `${sandboxUrl}/sandbox.html`
        frame.onload = () => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = resolve
          frame.contentWindow?.postMessage({ probe, url }, '*', [port2])
        }
        document.body.append(frame)
      }),
    {
      sandboxUrl: sites.sandboxUrl,
      probe: probe.replace('close: () => close(),', ''),
      url: `http://127.0.0.1:${collector.port}`,
    },
  )
}

test('A1: the headers alone hold, without any lockdown', async () => {
  // The bridge's own `frame-ancestors` is another test's: here a plain page stands in for it.
  sites.sandboxHeaders['Content-Security-Policy'] = (sites.sandboxHeaders['Content-Security-Policy'] ?? '').replace(
    sites.bridgeUrl,
    sites.pageUrl,
  )
  await letLoose()
  expect(seen).toEqual([])
}, 60_000)

test('and without the headers the same gets out in more than ten ways', async () => {
  for (const name of Object.keys(sites.sandboxHeaders)) delete sites.sandboxHeaders[name]
  await letLoose()
  expect(new Set(seen).size).toBeGreaterThan(10)
}, 60_000)
