import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ALLOWED } from '../src/sandbox/lockdown.ts'
import { type Collectors, collect } from './harness/collect.ts'
import { denoElsewhere } from './harness/denoElsewhere.ts'
import { fingerprintProgram } from './harness/fingerprintProgram.ts'
import { hostileJobs } from './harness/hostileJobs.ts'
import { makeWorker } from './harness/openPage.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { startServerNode } from './harness/startServerNode.ts'
import { type Sites, startSites } from './harness/startSites.ts'
import { type TestBrowser, type TestPage, testBrowsers } from './harness/testBrowsers.ts'
import { hostileScript, probeProgram } from './harness/waysOut.ts'

// Show 1: nothing gets out of a job, and nothing out of the document that its thread lies in, should a program take that
// over. Judged by what arrives elsewhere (requests, connections, datagrams) and by the names that the browser looks up.

const run = promisify(execFile)

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

/** Waits until all hostile jobs were taken up, and holds that nobody came; then somebody does, and is seen. */
const askedForAll = async (queue: Queue, { aims, seen }: Collectors): Promise<void> => {
  // The result that Storage sends on is tried again for long: given up by the server's word.
  await queue.until(() => queue.calls.some(({ name }) => name === 'POST to Storage'))
  queue.heartbeat = { leaseExpiresAt: null, cancel: true }
  const beats = () => queue.calls.filter(({ name }) => name === 'heartbeat').length
  const before = beats()
  await queue.until(() => beats() > before)
  queue.heartbeat = null
  const last = await queue.until(() => queue.calls.find(({ args }) => String(args?.p_hash).includes(aims.url)))
  expect(last.name).toBe('get_program')
  expect(queue.calls.filter(({ name }) => name === 'GET to Storage').length).toBeGreaterThan(5)
  expect(queue.reports.at(-1)).toMatchObject({ outcome: 'succeeded', result: 'well' })
  expect(queue.reports).toHaveLength(hostileJobs(aims.url).length - 2)
  expect(seen).toEqual([])
  await fetch(`${aims.url}/somebody`)
  expect(seen).toEqual(['GET /somebody'])
}

test('A1: nor by a server node', async () => {
  const [collectors, queue] = await Promise.all([collect(), startQueue()])
  queue.push(...hostileJobs(collectors.aims.url))
  queue.storage = collectors.aims.url
  const node = startServerNode(queue)
  await askedForAll(queue, collectors)
  await node.stop()
  await queue.close()
  await collectors.close()
})

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

  test('RN-33, A1, A7: nothing leaves a job, and a job learns nothing of the device', async () => {
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

  test('A1: a foreign address in any field of an answer is asked by nobody', async () => {
    queue.push(...hostileJobs(collectors.aims.url))
    queue.storage = collectors.aims.url
    const page = await startWorker(browser, queue, sites)
    await askedForAll(queue, collectors)
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
              setTimeout(resolve, 90_000, { tried: [], opened: [`${leave} was never heard of`] })
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

/** And machines with a server node, by the same. */
const machines = (
  all ? PLACES.flatMap(([locale]) => PLACES.map(([, timeZone]) => [locale, timeZone] as const)) : PLACES
).flatMap(([locale, timeZone], at) =>
  (all ? [1, 2] : [1 + (at % 2)]).map((cores) => ({ engine: 'Deno', locale, timeZone, cores })),
)

test(`A7: a job returns the same bytes in ${variants.length} browsers and on ${machines.length} server nodes of different engine, locale, time zone and cores`, async () => {
  const texts = new Map<string, string[]>()
  const devices = new Set<string>()
  /** Of one that computes: what it returned, and what it is outside of the job. */
  const take = async (of: object, queue: Queue, device: string): Promise<void> => {
    const { result, resultHash } = await queue.until(() => queue.reports[0])
    const text = `${resultHash} ${JSON.stringify(result)}`
    texts.set(text, [...(texts.get(text) ?? []), JSON.stringify(of)])
    devices.add(device)
  }
  const job = { program: { kind: 'js', source: fingerprintProgram }, input: null } as const
  for (const { start, ...variant } of variants) {
    const [browser, queue] = await Promise.all([start(variant), startQueue()])
    const sites = await startSites(queue.url, 'anon')
    queue.push(job)
    const page = await startWorker(browser, queue, sites)
    // What a page sees: so they do differ.
    const device = await page.evaluate(
      () => `${(1234.5).toLocaleString()} ${new Date(0).getTimezoneOffset()} ${navigator.hardwareConcurrency}`,
      null,
    )
    await take(variant, queue, `${variant.engine} ${device}`)
    await browser.close()
    await sites.close()
    await queue.close()
  }
  const folder = await mkdtemp(join(tmpdir(), 'oblivion-elsewhere-'))
  for (const machine of machines) {
    const deno = await denoElsewhere(folder, machine)
    const queue = await startQueue()
    queue.push(job)
    const node = startServerNode(queue, { deno })
    // What a program with all rights sees there.
    const seen =
      'console.log((1234.5).toLocaleString(), new Date(0).getTimezoneOffset(), navigator.hardwareConcurrency)'
    const { stdout } = await run(deno, ['eval', '--no-config', seen], { env: { ...process.env, DENO_DIR: folder } })
    await take(machine, queue, `Deno ${stdout}`)
    await node.stop()
    await queue.close()
  }
  await rm(folder, { recursive: true })
  expect(devices.size).toBe(variants.length + machines.length)
  expect([...texts.values()]).toHaveLength(1)
  expect([...texts.keys()][0]?.length).toBeGreaterThan(1000)
}, 600_000)
