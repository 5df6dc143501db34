import type { BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EmbeddedWorker, EmbedOptions } from '../src/embed/index.ts'
import { agree, askingFrame } from './harness/agree.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'

// The guest in a page at moments that a server seldom gives: an answer that comes late, a stop and a start in one breath, a
// page that hides what it was allowed. With the real server: embed.test.ts.

const programs = {
  endless: `export default async (_, { progress }) => {
    let x = 0
    for (;;) { for (let k = 0; k < 100_000; k++) x = (x + k) % 7; await progress(0) }
  }`,
}
const tile = { scene: 'room', width: 8, height: 8, x: 0, y: 0, tileWidth: 8, tileHeight: 8, samples: 1 }
const KEY = 'obs_test'

type Guest = Window & {
  sdk: typeof import('../src/embed/index.ts')
  guest: EmbeddedWorker
  /** Its states, in order. */
  told: string[]
}

let profile: Profile
let context: BrowserContext
let queue: Queue
let sites: Sites

beforeAll(async () => {
  profile = await spawnChromium()
})
afterAll(() => profile.close())
beforeEach(async () => {
  queue = await startQueue()
  sites = await startSites(queue.url, 'anon', programs)
  queue.site = {
    ...{ name: 'A site', origins: [sites.pageUrl], programs: ['raytrace'], owner: '0x12…34' },
    ...{ ownerBps: 4000, maxCpuPercent: 50 },
  }
  context = await profile.browser.newContext({ viewport: { width: 1000, height: 800 } })
})
afterEach(async () => {
  await context.close()
  await sites.close()
  await queue.close()
})

const callsOf = (wanted: string) => queue.calls.filter(({ name }) => name === wanted)
const stateOf = (page: Page) => page.evaluate(() => (window as never as Guest).guest.state)
const becomes = (page: Page, status: string) =>
  expect.poll(async () => (await stateOf(page)).status, { interval: 20 }).toBe(status)
const start = (page: Page) => page.evaluate(() => (window as never as Guest).guest.start())

/** A site's page with a worker that is not started. */
const open = async (): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(`${sites.pageUrl}/guest.html`)
  await page.evaluate(
    (options: EmbedOptions) => {
      const here = window as never as Guest
      here.guest = here.sdk.embedWorker(options)
      here.told = []
      here.guest.on('state', ({ status }) => here.told.push(status))
    },
    { siteKey: KEY, bridgeUrl: sites.bridgeUrl },
  )
  return page
}
/** The same at work on a program that never ends, after a visitor's yes. */
const atWork = async (): Promise<{ page: Page; frame: Frame }> => {
  queue.push({ program: 'endless', input: null, timeoutSeconds: 3600 })
  const page = await open()
  await start(page)
  await becomes(page, 'consenting')
  const frame = askingFrame(page)
  await agree(page, frame)
  await becomes(page, 'working')
  return { page, frame }
}
/** Holds the answers of a function back. */
const late = (name: string): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  queue.late.set(name, promise)
  return () => {
    queue.late.delete(name)
    resolve()
  }
}
/** Chromium caches no page whose last request is still under way, so the two events are sent by hand. */
const send = (frame: Frame, type: 'pagehide' | 'pageshow') =>
  frame.evaluate((type) => void dispatchEvent(new PageTransitionEvent(type, { persisted: true })), type)
const sandboxes = (page: Page) => page.frames().filter((each) => each.url().includes('sandbox'))

describe('the last word counts', () => {
  test('a visitor’s Stop, while the tab goes into the back/forward cache and comes back: nothing computes unseen', async () => {
    const { page, frame } = await atWork()
    // The release is on its way when the page is left.
    const answer = late('work_cycle')
    await frame.getByRole('button', { name: 'Stop' }).click()
    await becomes(page, 'stopped')
    await queue.until(() => queue.reports.length === 1)
    await send(frame, 'pagehide')
    await send(frame, 'pageshow')
    answer()
    // Later than it would have begun anew: the page asks, and is asked.
    await start(page)
    await becomes(page, 'consenting')
    expect(callsOf('register_node')).toHaveLength(1)
    expect(sandboxes(page)).toEqual([])
    // And it can begin anew, by a person.
    await agree(page, frame)
    await becomes(page, 'waiting')
    expect(callsOf('register_node')).toHaveLength(2)
  })

  test('a start on the heels of a stop begins once that has ended', async () => {
    const { page } = await atWork()
    const answer = late('work_cycle')
    await page.evaluate(() => {
      const { guest } = window as never as Guest
      guest.stop()
      return guest.start()
    })
    // The yes stands, and the job of before is not given back yet.
    const since = () =>
      page.evaluate(() => {
        const { told } = window as never as Guest
        return told.slice(told.lastIndexOf('stopped'))
      })
    await expect.poll(since).toContain('starting')
    expect(callsOf('register_node')).toHaveLength(1)
    answer()
    await becomes(page, 'waiting')
    queue.push({ input: tile })
    expect(await queue.until(() => queue.reports[1])).toMatchObject({ outcome: 'succeeded' })
    expect(callsOf('register_node')).toHaveLength(2)
  })

  test('a tab that is shown again while it still registers goes on', async () => {
    const page = await open()
    await start(page)
    await becomes(page, 'consenting')
    const frame = askingFrame(page)
    const answer = late('register_node')
    await agree(page, frame)
    await queue.until(() => callsOf('register_node').length === 1)
    await send(frame, 'pagehide')
    await send(frame, 'pageshow')
    const from = performance.now()
    await queue.until(() => callsOf('register_node').length === 2)
    // In a moment; an answer is waited for 15 s.
    expect(performance.now() - from).toBeLessThan(10_000)
    answer()
    await becomes(page, 'waiting')
  })
})
