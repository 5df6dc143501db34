import type { BrowserContext, Frame, Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type FirefoxProfile, spawnFirefox } from './harness/spawnFirefox.ts'
import { longInput, type Market, quickInputs, startMarket } from './harness/startMarket.ts'

// The worker on somebody else's page in Firefox, which cannot tell whether a frame is covered: consent is a click in a small
// window of ours.

let market: Market
let firefox: FirefoxProfile
let context: BrowserContext

beforeAll(async () => {
  ;[market, firefox] = await Promise.all([startMarket(), spawnFirefox()])
}, 180_000)
afterAll(async () => {
  await firefox?.close()
  await market?.stack.stop()
})
beforeEach(async () => {
  context = await firefox.browser.createBrowserContext()
})
afterEach(() => context.close())

type State = { status: string; reason?: string; code?: string }
interface Demo {
  oblivion: { state: State; start(): Promise<void>; stop(): void }
}
const stateOf = (page: Page): Promise<State> => page.evaluate(() => (window as never as Demo).oblivion.state)
const becomes = (page: Page, status: string) =>
  expect.poll(async () => (await stateOf(page)).status, { timeout: 20_000, interval: 50 }).toBe(status)
const yes = '.yes[aria-disabled=false]'

/** The demo's page, asking. */
const visit = async (): Promise<{ page: Page; frame: Frame }> => {
  const page = await context.newPage()
  await page.goto(market.stack.dev.embedDemoUrl ?? '')
  await becomes(page, 'consenting')
  const frame = page.frames().find((each) => each.url().includes('/embed.html'))
  if (frame === undefined) throw new Error('no frame')
  return { page, frame }
}
/** Clicks the question in the page, and waits for the window that it is put in once more. */
const askThere = async (frame: Frame): Promise<Page> => {
  const opened = firefox.browser.waitForTarget((target) => target.url().includes('/consent.html'))
  await (await frame.waitForSelector('.yes'))?.click()
  const page = await (await opened).page()
  if (page === null) throw new Error('no window')
  return page
}

test('a visitor who agrees in the window computes; Stop ends it', async () => {
  const taskId = await market.post(quickInputs)
  const { page, frame } = await visit()
  const asking = await askThere(frame)
  await becomes(page, 'consenting')
  await (await asking.waitForSelector(yes))?.click()
  await expect.poll(() => market.letters(taskId), { timeout: 30_000 }).toBe('cccc')
  const long = await market.post([longInput])
  await becomes(page, 'working')
  await (await frame.waitForSelector('.stop'))?.click()
  await becomes(page, 'stopped')
  await expect.poll(() => page.frames().length).toBe(2)
  await vi.waitUntil(async () => (await market.letters(long)) === 'p', { timeout: 10_000 })
  await market.cancel(long)
})
