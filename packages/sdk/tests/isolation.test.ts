import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ALLOWED } from '../src/sandbox/lockdown.ts'
import { type Collectors, collect } from './harness/collect.ts'
import { makeWorker } from './harness/openPage.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'
import { type TestBrowser, type TestPage, testBrowsers } from './harness/testBrowsers.ts'
import { hostileScript, probeProgram } from './harness/waysOut.ts'

// Show 1: nothing gets out of a job, and nothing out of the document that its thread lies in, should a program take that
// over. Judged by what arrives elsewhere (requests, connections, datagrams) and by the names that the browser looks up.

interface Tried {
  readonly tried: string[]
  /** Ways that did not throw: for those that no collector can judge. */
  readonly opened: string[]
}

/** Ways that no collector sees: storage, what is around, permissions, other documents. */
const UNSEEN =
  /indexedDB|caches|Files|Storage|cookieStore|locks|Document|frameElement|siblings|geolocation|camera|notifications|fullScreen|sibling|never/

/** A page of the sites with a worker at work. */
const startWorker = async (browser: TestBrowser, queue: Queue, { pageUrl, bridgeUrl }: Sites): Promise<TestPage> => {
  const page = await browser.openPage(pageUrl)
  const server = { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' }
  await page.evaluate(makeWorker, { bridgeUrl, ...server, limits: { cpu: 1, when: [], strangersPrograms: true } })
  await page.evaluate(() => window.worker.start(), null)
  return page
}

describe.each(Object.entries(testBrowsers))('in %s', (name, start) => {
  let folder: string
  let browser: TestBrowser
  let queue: Queue
  let sites: Sites
  let collectors: Collectors

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oblivion-names-'))
    browser = await start({ namesFile: join(folder, 'names') })
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    collectors = await collect()
    queue = await startQueue()
    sites = await startSites(queue.url, 'anon', { probe: probeProgram })
  })
  afterEach(async () => {
    await sites.close()
    await queue.close()
    await collectors.close()
  })

  test('A1, A7: nothing leaves a job, and a job learns nothing of the device', async () => {
    queue.push({ program: 'probe', input: { ...collectors.aims, zone: 'shut.example' } })
    const page = await startWorker(browser, queue, sites)
    const done = await queue.until(() => queue.reports[0])
    await page.evaluate(() => window.worker.stop(), null)
    expect(done).toMatchObject({ outcome: 'succeeded' })
    expect(done.result.opened).toEqual([])
    expect(done.result.tried.length).toBeGreaterThanOrEqual(55)
    // PERSISTENT and TEMPORARY are two numbers that Chromium lets nobody take away.
    const left = done.result.left.filter((name: string) => !ALLOWED.split(' ').includes(name))
    expect(left).toEqual(['Infinity', 'NaN', ...(name === 'Chromium' ? ['PERSISTENT', 'TEMPORARY'] : [])])
    expect(collectors.seen).toEqual([])
    await page.close()
  })

  /**
   * Puts hostile documents into a page, of each path: one that listens, one that tries everything, and one for each way of
   * leaving. Without protection those that would take the page along are left out. `arrived` waits for what has to come.
   */
  const letLoose = async (
    shut: boolean,
    of: { path: string; collectors: Collectors; zone: string }[],
    arrived: () => Promise<unknown>,
  ) => {
    sites.files.set('away.html', '<!doctype html><body>')
    // With the bridge's own headers, as it has every page of its origin.
    const page = await browser.openPage(`${shut ? sites.bridgeUrl : sites.pageUrl}/away.html`)
    const told = await page.evaluate(
      async ({ shut, documents }) => {
        const release = async ({ src, given }: (typeof documents)[number]): Promise<Tried> => {
          const heard: string[] = []
          const ask = (leave: string | null): Promise<Tried> =>
            new Promise((resolve) => {
              const frame = document.createElement('iframe')
              if (shut) frame.sandbox.add('allow-scripts')
              // As the bridge has it; else as a careless page would.
              frame.allow = shut ? '' : 'geolocation *; camera *; fullscreen *'
              frame.onload = () => {
                frame.onload = null
                const { port1, port2 } = new MessageChannel()
                port1.onmessage = ({ data }) => {
                  if ('heard' in data) {
                    if (leave === 'names') heard.push(data.heard)
                    // The shim in it says that it is up.
                  } else if (data.type !== 'up') resolve(data)
                }
                frame.contentWindow?.postMessage({ ...given, leave }, '*', [port2])
                // A locked down document has no timer of its own. Later than its thread's, which has one.
                setTimeout(() => port1.postMessage('over'), 4000)
              }
              frame.src = src
              document.body.append(frame)
              // A guard against hanging: each answers before it leaves.
              setTimeout(resolve, 30_000, { tried: [], opened: [`${leave} was never heard of`] })
            })
          const { tried } = await ask('names')
          const told = await Promise.all([null, ...tried.filter((name) => shut || !/top|parent/i.test(name))].map(ask))
          // What a way has set off arrives within a part of this, as the control shows.
          await new Promise((resolve) => setTimeout(resolve, 1200))
          return {
            tried: told.flatMap(({ tried }) => tried),
            opened: [...told.flatMap(({ opened }) => opened), ...heard.map(() => 'heard by a sibling')],
          }
        }
        return Promise.all(documents.map(release))
      },
      {
        shut,
        documents: of.map(({ path, collectors, zone }) => ({
          src: `${sites.sandboxUrl}/${path}`,
          given: { ...collectors.aims, zone },
        })),
      },
    )
    await arrived()
    await page.close()
    return told
  }
  const hostile = `<script>${hostileScript}</script>`

  test('A1: whoever takes the sandbox’s document over gets no further', async () => {
    const policy = sites.sandboxHeaders['Content-Security-Policy'] ?? ''
    const hash = createHash('sha256').update(hostileScript).digest('base64')
    sites.sandboxHeaders['Content-Security-Policy'] = policy.replace(/'sha256-[^']+'/, `$& 'sha256-${hash}'`)
    // As it is, the stranger's script after the shim; and without the shim, where only the headers are left.
    sites.files.set('bare.html', `<!doctype html><body>${hostile}`)
    sites.files.set('sandbox.html', `${sites.files.get('sandbox.html')}${hostile}`)
    const others = await collect()
    // What Firefox has no header against, and the shim's lockdown alone closes.
    const leaks = name === 'Firefox' ? ['connection', ...(others.hasIce ? ['datagram', 'ice connection'] : [])] : []
    const [held, bare] = await letLoose(
      true,
      [
        { path: 'sandbox.html', collectors, zone: 'shut.example' },
        { path: 'bare.html', collectors: others, zone: 'bare.example' },
      ],
      () => expect.poll(() => [...new Set(others.seen)].sort()).toEqual(leaks),
    )
    await others.close()
    expect(new Set(held?.tried).size).toBeGreaterThanOrEqual(110)
    expect(collectors.seen).toEqual([])
    for (const loose of [held, bare]) expect(loose?.opened.filter((way) => UNSEEN.test(way))).toEqual([])
    expect([...new Set(others.seen)].sort()).toEqual(leaks)
  })

  test('and without all that the same gets out', async () => {
    for (const header of Object.keys(sites.sandboxHeaders)) delete sites.sandboxHeaders[header]
    sites.files.set('sandbox.html', `<!doctype html><body>${hostile}`)
    const seen = () => [...new Set(collectors.seen.map((line) => line.replace(/^\w+ \//, '')))]
    const forms =
      'fetch webSocket eventSource beacon dynamicImport importScripts image stylesheet script frame object href'
    const [loose] = await letLoose(false, [{ path: 'sandbox.html', collectors, zone: 'open.example' }], async () => {
      await expect.poll(seen).toEqual(expect.arrayContaining([...forms.split(' '), 'connection', 'datagram']))
      await expect.poll(() => seen().length).toBeGreaterThan(60)
    })
    expect(loose?.opened.filter((way) => UNSEEN.test(way)).length).toBeGreaterThan(6)
  })

  test('no name was looked up for it, and without protection some are', async () => {
    await browser.close()
    const names = await browser.names()
    const below = (zone: string) =>
      [...new Set(names.flatMap((each) => (each.endsWith(`.${zone}.example`) ? [each.split('.')[0]] : [])))].sort()
    expect(below('shut')).toEqual([])
    expect(below('bare')).toEqual(name === 'Firefox' ? ['preconnectnamed', 'stunnamed'] : [])
    expect(below('open')).toEqual(
      expect.arrayContaining([
        ...['fetchnamed', 'framenamed', 'hrefnamed', 'imagenamed', 'websocketnamed'],
        ...(name === 'Firefox' ? ['dnsprefetch', 'preconnectnamed', 'stunnamed'] : []),
      ]),
    )
  })
})

/** Browsers as different as people's are. `pnpm test:deep` takes all of each. */
const PLACES = [
  ['tr-TR', 'Asia/Kolkata'],
  ['ar-EG', 'America/St_Johns'],
  ['en-US', 'UTC'],
] as const
const all = process.env.ALL_PLACES !== undefined
const variants = Object.entries(testBrowsers).flatMap(([engine, start], at) =>
  all
    ? PLACES.flatMap(([locale]) =>
        PLACES.flatMap(([, timeZone]) => [1, 2].map((cores) => ({ engine, start, locale, timeZone, cores }))),
      )
    : PLACES.slice(at, at + 1).map(([locale, timeZone]) => ({ engine, start, locale, timeZone, cores: at + 1 })),
)

test(`A7: a job returns the same bytes in ${variants.length} browsers of different engine, locale, time zone and cores`, async () => {
  const texts = new Set<string>()
  const devices = new Set<string>()
  for (const { start, ...variant } of variants) {
    const [browser, queue] = await Promise.all([start(variant), startQueue()])
    const sites = await startSites(queue.url, 'anon')
    queue.push({ program: { kind: 'js', source: fingerprint }, input: null })
    const page = await startWorker(browser, queue, sites)
    // What a page sees: so they do differ.
    const device = await page.evaluate(
      () => `${(1234.5).toLocaleString()} ${new Date(0).getTimezoneOffset()} ${navigator.hardwareConcurrency}`,
      null,
    )
    devices.add(`${variant.engine} ${device}`)
    const { result, resultHash } = await queue.until(() => queue.reports[0])
    texts.add(`${resultHash} ${JSON.stringify(result)}`)
    await browser.close()
    await sites.close()
    await queue.close()
  }
  expect(devices.size).toBe(variants.length)
  expect([...texts]).toHaveLength(1)
  expect([...texts][0]?.length).toBeGreaterThan(1000)
}, 600_000)

/** Asks for whatever could tell a device, and computes with everything that engines do in their own way. */
const fingerprint = `export default (_, { random }) => {
  const names = ['navigator', 'Date', 'Intl', 'performance', 'location', 'self', 'origin', 'crypto', 'WebAssembly', 'SharedArrayBuffer',
    'OffscreenCanvas', 'FontFace', 'fetch', 'isSecureContext', 'crossOriginIsolated', 'setTimeout', 'postMessage', 'name', 'Temporal',
    'Atomics', 'WeakRef', 'FinalizationRegistry', 'structuredClone', 'queueMicrotask', 'reportError', 'console', 'scheduler', 'gc']
  const points = Array.from({ length: 40 }, (_, i) => (i - 20) * 1.37 + 0.1 ** (i % 7))
  const math = Object.getOwnPropertyNames(Math).sort().filter((name) => typeof Math[name] === 'function' && name !== 'random')
  const big = [1, 1e21, 1e-7, 0.1 + 0.2, -0, 123456789.123456789, 5e-324, 1.7976931348623157e308]
  let caught = null
  try { null.x } catch (error) { caught = [error.name, error.stack ?? null] }
  return {
    names: names.filter((name) => typeof globalThis[name] !== 'undefined'),
    math: Object.fromEntries(math.map((name) => [name, points.map((x) => String(Math[name](x, 2)))])),
    constants: Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name] === 'number').sort().map((name) => Math[name]),
    texts: big.map((x) => [String(x), x.toFixed(3), x.toExponential(5), x.toPrecision(7), x.toString(7), JSON.stringify(x)]),
    local: [[1234.5].toString(), typeof ''.localeCompare, typeof (1).toLocaleString, typeof [].toLocaleString],
    cases: ['I\u0130\u0131\u00df'.toLowerCase(), 'i\u0131\u00df'.toUpperCase(), 'e\u0301'.normalize('NFC').length],
    sorted: ['ä', 'z', 'a', 'Z', 'ö', '10', '9', 'ı'].sort(),
    stable: Array.from({ length: 600 }, (_, i) => i).sort((a, b) => (a % 7) - (b % 7)).slice(0, 50),
    bytes: [...new Uint8Array(new Float64Array([NaN, 1.5]).buffer)].slice(8),
    drawn: [random(), Math.random(), random()],
    caught,
  }
}`
