import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { processSeconds } from './harness/processTime.ts'
import { promised } from './harness/promised.ts'
import { longInput, type Market, startMarket } from './harness/startMarket.ts'
import { type TestBrowser, type TestPage, testBrowsers } from './harness/testBrowsers.ts'
import { busiestThread, countWorkers, isWorker, threadSeconds } from './harness/threadTime.ts'

// What the worker asks of the processor before a visitor's yes, after a no, and after Stop: nothing. By the system's own
// count of threads and of their time, not by what our code says of itself.

/** `pnpm test:deep` measures Firefox as well. */
const BROWSERS = process.env.ALL_BROWSERS === undefined ? ['Chromium' as const] : (['Chromium', 'Firefox'] as const)

let market: Market
beforeAll(async () => {
  market = await startMarket()
})
afterAll(() => market?.stack.stop())

interface Demo {
  oblivion: { state: { status: string }; start(): Promise<void> }
}
const statusOf = (page: TestPage): Promise<string> =>
  page.evaluate(() => (window as never as Demo).oblivion.state.status, null)

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(BROWSERS)('in %s', (name) => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await testBrowsers[name]()
  })
  afterAll(() => browser?.close())

  /** Of a core, over a second, by all processes of the browser. */
  const share = async (): Promise<number> => {
    const [from, seconds] = [performance.now(), processSeconds(browser.pid)]
    await pause(1000)
    return (processSeconds(browser.pid) - seconds) / ((performance.now() - from) / 1000)
  }
  /** Once the browser has come to rest, which what computes never does: it has things of its own to do now and then. */
  const restingShare = async (most: number, what: string): Promise<number> => {
    let last = 0
    const look = async () => {
      last = await share()
      return last
    }
    await expect.poll(look, { message: what }).toBeLessThan(most)
    return last
  }
  const asking = async (): Promise<TestPage> => {
    const page = await browser.openPage(market.stack.dev.embedDemoUrl ?? '')
    await expect.poll(() => page.textIn('/embed.html', '.yes')).not.toBe(null)
    return page
  }

  test('0 CPU before a yes, whatever a page forges, and after a no', async () => {
    const bare = await browser.openPage(`${market.stack.dev.bridgeUrl}/embed.json`)
    const baseline = await restingShare(0.05, 'without us')
    await bare.close()
    const page = await asking()
    const seen: Record<string, number> = {}
    const nothing = async (what: string): Promise<void> => {
      // Less than a tenth of what a worker asks for, whose share is half a core.
      seen[what] = await restingShare(0.05, what)
      expect(countWorkers(browser.pid), what).toBe(0)
    }
    await nothing('asked')
    await page.evaluate(async () => {
      for (let n = 0; n < 20; n++) await (window as never as Demo).oblivion.start()
    }, null)
    await page.evaluateIn('/embed.html', () => (document.querySelector('.yes') as HTMLElement).click())
    await page.evaluate(() => {
      const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
      const yes = { type: 'oblivion:consent', answer: 'yes', cpu: 1, nonce: '' }
      const { port1, port2 } = new MessageChannel()
      frame.contentWindow?.postMessage(yes, '*')
      frame.contentWindow?.postMessage('oblivion:frame-port:1', '*', [port2])
      port1.postMessage({ type: 'start' })
      port1.postMessage(yes)
    }, null)
    await nothing('scripted starts, forged clicks and words')
    await page.clickIn('/embed.html', '.no')
    await expect.poll(() => statusOf(page)).toBe('failed')
    await nothing('refused')
    await page.close()
    const figures = Object.entries(seen).map(([what, share]) => `${what} ${(100 * share).toFixed(1)} %`)
    console.log(`${name}: of a core: without us ${(100 * baseline).toFixed(1)} %, ${figures.join(', ')}`)
  })

  test('0 CPU after a click on Stop', async () => {
    const taskId = await market.post([longInput])
    const page = await asking()
    await page.agree()
    await expect.poll(() => statusOf(page)).toBe('working')
    // The control of the test before: this is seen where something computes.
    await expect.poll(() => countWorkers(browser.pid)).toBeGreaterThanOrEqual(2)
    const thread = await busiestThread(browser.pid, 500, isWorker)
    const before = threadSeconds(thread) ?? 0
    await expect.poll(() => threadSeconds(thread)).toBeGreaterThan(before)
    await page.evaluateIn('/embed.html', () => {
      const clicked = (event: MouseEvent): void => {
        const ago = performance.now() - event.timeStamp
        Object.assign(window, { clicked: { isTrusted: event.isTrusted, at: Date.now() - ago } })
      }
      addEventListener('click', clicked, { capture: true, once: true })
    })
    const click = page.clickIn('/embed.html', '.stop')
    // A thread that is gone has no file; one that merely rests by its share would go on within this time.
    let [last, seconds] = [Date.now(), threadSeconds(thread)]
    const from = Date.now()
    let done = false
    void click.finally(() => {
      done = true
    })
    while (seconds !== null && Date.now() - from < 30_000 && !(done && Date.now() - last > 700)) {
      await pause(2)
      const now = threadSeconds(thread)
      if (now !== seconds) last = Date.now()
      seconds = now
    }
    await click
    const { isTrusted, at } = await page.evaluateIn(
      '/embed.html',
      () => (window as never as { clicked: { isTrusted: boolean; at: number } }).clicked,
    )
    console.log(
      `${name}: the program's thread used its last CPU ${Math.max(0, last - at).toFixed(0)} ms after the click on Stop`,
    )
    expect(isTrusted).toBe(true)
    expect(last - at).toBeLessThan(promised(100, 10_000))
    await expect.poll(() => statusOf(page)).toBe('stopped')
    // Firefox keeps its threads for the next worker, at rest.
    await expect.poll(share).toBeLessThan(0.1)
    await page.close()
    await market.cancel(taskId)
  })
})
