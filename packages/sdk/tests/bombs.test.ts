import { createHash } from 'node:crypto'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { bombs } from './harness/bombs.ts'
import { driveChromium } from './harness/driveChromium.ts'
import { openPage } from './harness/openPage.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'
import { untilTrue } from './harness/untilTrue.ts'

// Programs that attack what runs them: page and agent keep their beats, the job ends, the next one runs, and nothing is
// left behind. WebAssembly that grows is in programs.test.ts.

let profile: Profile
let context: BrowserContext
let queue: Queue
let sites: Sites
let page: Page | null

beforeAll(async () => {
  profile = await spawnChromium()
})
afterAll(() => profile.close())
beforeEach(async () => {
  queue = await startQueue()
  sites = await startSites(queue.url, 'anon', bombs)
  context = await profile.browser.newContext()
  page = null
})
afterEach(async () => {
  if (page) {
    await page.evaluate(() => window.worker.stop())
    expect(await page.evaluate(() => document.querySelectorAll('iframe').length)).toBe(0)
  }
  await context.close()
  await sites.close()
  await queue.close()
})

const tile = { scene: 'room', width: 8, height: 8, x: 0, y: 0, tileWidth: 8, tileHeight: 8, samples: 1 }
/** Counts every 50 ms in the page: a gap is a page that stood still. */
const open = async (): Promise<Page> => {
  const opened = await openPage(context, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' })
  page = opened
  await opened.evaluate(() => {
    const scope = window as unknown as { longest: number }
    let last = performance.now()
    scope.longest = 0
    setInterval(() => {
      scope.longest = Math.max(scope.longest, performance.now() - last)
      last = performance.now()
    }, 50)
  })
  await opened.evaluate(() => window.worker.start())
  return opened
}
/** Page, bridge and agent: none of them has what a program put into its own realm. */
const polluted = async (page: Page): Promise<unknown[]> => {
  const look = () => [(Object.prototype as { polluted?: unknown }).polluted, JSON.stringify({ a: [1] }), typeof Promise]
  const bridge = page.frames().find((frame) => frame.url().endsWith('/bridge.html'))
  const agent = page.workers().find((worker) => worker.url().endsWith('/agent.js'))
  return [await page.evaluate(look), await bridge?.evaluate(look), await agent?.evaluate(look)]
}
const clean = [undefined, '{"a":[1]}', 'function']

const failed = (error: unknown) => ({ outcome: 'failed', error })
const succeeded = (result: unknown) => ({ outcome: 'succeeded', result })

test('each bomb ends as it should, a tile runs after each, and page, bridge and agent are what they were', async () => {
  const expected: [keyof typeof bombs, object][] = [
    ['infiniteLoop', failed('OB208')],
    ['microtaskLoop', failed('OB208')],
    ['promiseFlood', failed('OB208')],
    ['deepResult', failed('OB011')],
    ['checkpointHuge', failed(expect.stringContaining('at most 1 MiB and 64 levels'))],
    ['checkpointDeep', failed(expect.stringContaining('at most 1 MiB and 64 levels'))],
    ['workerBomb', failed(expect.stringContaining('Worker is not'))],
    ['throwingProxy', failed(expect.stringContaining('OB205'))],
    ['throwsProxy', failed(expect.stringContaining('has no text'))],
    ['throwsNothing', failed(expect.stringContaining('OB205'))],
    ['messageFlood', succeeded('done')],
    ['checkpointFlood', succeeded('done')],
    ['protoResult', succeeded(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'))],
    // By its own toJSON: what a program returns is its own affair.
    ['poisonedRealm', succeeded('forged')],
    ['setters', succeeded({ honest: true })],
  ]
  queue.push(
    ...expected.flatMap(([program]) => [
      { program, input: null, timeoutSeconds: program.includes('oop') || program === 'promiseFlood' ? 3 : 60 },
      { program: 'raytrace', input: tile },
    ]),
  )
  const page = await open()
  await queue.until(() => queue.reports.length === expected.length * 2)
  const ended = queue.reports.filter((_, i) => i % 2 === 0)
  expect(
    ended.map(({ outcome, result, error }) => (error === undefined ? { outcome, result } : { outcome, error })),
  ).toEqual(expected.map(([, end]) => end))
  expect(queue.reports.filter((_, i) => i % 2 === 1).map(({ outcome }) => outcome)).toEqual(
    expected.map(() => 'succeeded'),
  )
  // One beat a second while the three loops ran their three seconds.
  expect(queue.calls.filter(({ name }) => name === 'heartbeat').length).toBeGreaterThanOrEqual(6)
  expect(await polluted(page)).toEqual([clean, clean, clean])
  // A guard against a page that hangs with its three seconds' loops; the bench measures what a job costs it.
  expect(await page.evaluate(() => (window as unknown as { longest: number }).longest)).toBeLessThan(2500)
})

// Not by the test runner, which takes a page for crashed when one of its frames is.
const deaths: [keyof typeof bombs, object][] = [
  ['heapBomb', { outcome: 'failed', error: 'OB209', reason: 'sandbox_died' }],
  ['hugeResult', { outcome: 'failed', error: expect.stringMatching(/OB011|OB209/) }],
]
// In `pnpm test:deep` alone the second one, since half a gigabyte of text takes its time, and the first on a whole heap.
const DEEP = process.env.ALL_BOMBS !== undefined
test.each(DEEP ? deaths : deaths.slice(0, 1))(
  '%s takes its sandbox down at most: the page and the agent keep every beat, and the next job runs',
  async (program, report) => {
    const chromium = await driveChromium(DEEP ? {} : { heapMiB: 500 })
    try {
      const tab = await chromium.openTab(sites.pageUrl)
      const options = {
        supabaseUrl: queue.url,
        supabaseKey: 'anon',
        bridgeUrl: sites.bridgeUrl,
        limits: { cpu: 1, when: [] },
      }
      await tab.evaluate(`(() => {
        window.worker = sdk.createWorker({ ...${JSON.stringify(options)}, session: async () => 't' })
        window.longest = 0
        let last = performance.now()
        setInterval(() => { longest = Math.max(longest, performance.now() - last); last = performance.now() }, 50)
        return worker.start()
      })()`)
      queue.push({ program, input: null }, { program: 'raytrace', input: tile })
      const claimed = await queue.until(() => queue.calls.find(({ name }) => name === 'work_cycle')?.at)
      await queue.until(() => queue.reports.length === 2)
      expect(queue.reports).toMatchObject([report, { outcome: 'succeeded' }])
      const seconds = (Date.now() - claimed) / 1000
      expect(queue.calls.filter(({ name }) => name === 'heartbeat').length).toBeGreaterThanOrEqual(
        Math.floor(seconds * 0.8) - 2,
      )
      expect(await tab.evaluate<number>('longest')).toBeLessThan(1500)
      await tab.until(`worker.state.status === 'waiting'`)
    } finally {
      await chromium.close()
    }
  },
)

test('a sandbox document that was taken over can say what it likes: the bridge takes none of it, and ends it', async () => {
  const hostile = `addEventListener('message', ({ ports: [port] }) => {
    port.postMessage({ type: 'up' })
    port.onmessage = ({ data }) => {
      if (data.type !== 'run') return
      for (let i = 0; i < 20_000; i++) {
        port.postMessage(JSON.parse('{"__proto__":{"polluted":1},"type":"pong","id":1,"progress":"x","rested":{}}'))
        port.postMessage({ type: 'done', id: data.id, text: { toString: null }, rested: 0 })
        port.postMessage({ type: 'done', id: data.id + 1, text: '"forged"', rested: 0 })
        port.postMessage(i)
      }
      port.postMessage(new ArrayBuffer(50_000_000))
    }
  })`
  const hash = createHash('sha256').update(hostile).digest('base64')
  sites.files.set('sandbox.html', `<!doctype html><body><script>${hostile}</script>`)
  const policy = sites.sandboxHeaders['Content-Security-Policy'] ?? ''
  sites.sandboxHeaders['Content-Security-Policy'] = policy.replace(/'sha256-[^']+'/, `'sha256-${hash}'`)
  const page = await open()
  queue.push({ program: 'raytrace', input: tile })
  // It answers no ping: dead, as far as anybody can tell.
  expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'failed', reason: 'sandbox_died' })
  expect(await polluted(page)).toEqual([clean, clean, clean])
  await untilTrue(page, () => window.worker.state.status === 'waiting', null)
})
