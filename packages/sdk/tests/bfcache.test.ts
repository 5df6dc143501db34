import { setTimeout } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPage } from './harness/openPage.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'
import { untilTrue } from './harness/untilTrue.ts'

const tile = { scene: 'room', width: 8, height: 8, x: 0, y: 0, tileWidth: 8, tileHeight: 8, samples: 1 }

/** Shortened here; `pnpm test:deep` sets it. */
const NAVIGATIONS = Number(process.env.NAVIGATIONS ?? 3)

let profile: Profile
let queue: Queue
let sites: Sites
let page: Page
let context: BrowserContext

beforeAll(async () => {
  profile = await spawnChromium()
})
afterAll(() => profile.close())
beforeEach(async () => {
  queue = await startQueue()
  sites = await startSites(queue.url, 'anon', { loop: 'export default () => { for (;;) {} }' })
  context = await profile.browser.newContext()
  page = await openPage(context, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' })
})
afterEach(async () => {
  await context.close()
  await sites.close()
  await queue.close()
})

const registrations = (): number => queue.calls.filter(({ name }) => name === 'register_node').length

test('an idle tab that comes back from the back/forward cache registers anew and works on', async () => {
  // Chromium caches no page that waits for an answer: it gets one, and asks again long after it has left.
  queue.retryMs = 60_000
  await page.evaluate(() => window.worker.start())
  await queue.until(() => queue.calls.some(({ name }) => name === 'work_cycle'))
  await setTimeout(200)
  await page.goto(`${sites.pageUrl}/away.html`)
  queue.retryMs = 100
  // The runner's own goBack() waits for a load that a page from the cache does not have.
  await page.evaluate(() => history.back())
  await expect.poll(() => page.url()).toBe(`${sites.pageUrl}/`)
  expect(await page.evaluate(() => 'worker' in window)).toBe(true)
  queue.push({ program: 'raytrace', input: tile })
  expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'succeeded' })
  expect(registrations()).toBe(2)
  expect(await page.evaluate(() => window.worker.state.status)).not.toBe('failed')
  await page.evaluate(() => window.worker.stop())
})

test(`a tab that leaves while it computes releases its job: at least 95 of 100 (${NAVIGATIONS} here)`, async () => {
  for (let i = 0; i < NAVIGATIONS; i++) {
    queue.push({ program: 'loop', input: null })
    await page.evaluate(() => window.worker.start())
    await untilTrue(page, () => window.worker.state.status === 'working', null)
    // Once a beat is answered no request is under way, and Chromium takes the page into its cache.
    const before = queue.calls.length
    await queue.until(() => queue.calls.slice(before).some(({ name }) => name === 'heartbeat'))
    const reported = queue.reports.length
    await page.goto(`${sites.pageUrl}/away.html`)
    // Some two in a hundred are lost with their document.
    const gaveUp = setTimeout(30_000, undefined, { ref: false })
    await Promise.race([queue.until(() => queue.reports.length > reported), gaveUp])
    await page.close()
    page = await openPage(context, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' })
  }
  expect(queue.reports.every(({ outcome }) => outcome === 'released')).toBe(true)
  expect(queue.reports.length).toBeGreaterThanOrEqual(Math.floor(NAVIGATIONS * 0.95))
}, 900_000)

/** Chromium does not cache a page whose last request is still under way, so the two events are sent by hand. */
const send = (type: 'pagehide' | 'pageshow') =>
  page
    .frames()
    .find((frame) => frame.url().endsWith('/bridge.html'))
    ?.evaluate((type) => void dispatchEvent(new PageTransitionEvent(type, { persisted: true })), type)

test.each(['stop', 'finish'] as const)(
  'a tab that leaves after %s() stays stopped when it comes back, and is told',
  async (how) => {
    queue.push({ program: 'loop', input: null })
    await page.evaluate(() => window.worker.start())
    await untilTrue(page, () => window.worker.state.status === 'working', null)
    const answered = Promise.withResolvers<void>()
    queue.late.set('work_cycle', answered.promise)
    const ended = page.evaluate((how) => window.worker[how](), how)
    await untilTrue(page, () => window.worker.state.status !== 'working', null)
    await send('pagehide')
    expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'released' })
    await send('pageshow')?.catch(() => {})
    await ended
    answered.resolve()
    expect(await page.evaluate(() => [window.worker.state, document.querySelectorAll('iframe').length])).toEqual([
      { status: 'stopped' },
      0,
    ])
    expect(registrations()).toBe(1)
  },
)

test('hidden while it computes and shown again, the worker has given its job back and takes the next', async () => {
  queue.push({ program: 'loop', input: null })
  await page.evaluate(() => window.worker.start())
  await untilTrue(page, () => window.worker.state.status === 'working', null)
  await send('pagehide')
  expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'released' })
  await untilTrue(page, () => window.worker.state.status === 'waiting', null)
  queue.push({ program: 'raytrace', input: tile })
  await send('pageshow')
  expect(await queue.until(() => queue.reports[1])).toMatchObject({ outcome: 'succeeded' })
  expect(registrations()).toBe(2)
  await page.evaluate(() => window.worker.stop())
  expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'stopped' })
})
