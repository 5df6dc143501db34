import type { BrowserContext, Frame, Page, Target } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HANGS_AFTER } from '../../programs/tests/chromium.ts'
import { coverFrame, moveFrame } from './harness/frameTricks.ts'
import { processSeconds } from './harness/processTime.ts'
import { type FirefoxProfile, spawnFirefox } from './harness/spawnFirefox.ts'
import { longInput, type Market, quickInputs, startMarket } from './harness/startMarket.ts'

// The worker on somebody else's page in Firefox, which cannot tell whether a frame is covered: consent is a click in a small
// window of ours.

let market: Market
let firefox: FirefoxProfile
let context: BrowserContext
/** Calls of the API that pages of this test made, by name. */
let calls: string[]

beforeAll(async () => {
  ;[market, firefox] = await Promise.all([startMarket(), spawnFirefox()])
})
afterAll(async () => {
  await firefox?.close()
  await market?.stack.stop()
})
beforeEach(async () => {
  calls = []
  context = await firefox.browser.createBrowserContext()
})
afterEach(() => context.close())

type State = { status: string; reason?: string; code?: string }
interface Demo {
  oblivion: { state: State; start(): Promise<void>; stop(): void }
}
const stateOf = (page: Page): Promise<State> => page.evaluate(() => (window as never as Demo).oblivion.state)
const becomes = (page: Page, status: string) =>
  expect.poll(async () => (await stateOf(page)).status, { interval: 50 }).toBe(status)
const yes = '.yes[aria-disabled=false]'

/** The demo's page, asking. */
const visit = async (): Promise<{ page: Page; frame: Frame }> => {
  const page = await context.newPage()
  page.setDefaultTimeout(HANGS_AFTER)
  page.on('request', (request) => {
    const [, name] = /\/rpc\/(\w+)$/.exec(new URL(request.url()).pathname) ?? []
    if (name !== undefined && request.method() === 'POST') calls.push(name)
  })
  await page.goto(market.stack.dev.embedDemoUrl ?? '')
  await becomes(page, 'consenting')
  const frame = page.frames().find((each) => each.url().includes('/embed.html'))
  if (frame === undefined) throw new Error('no frame')
  await frame.waitForSelector('.yes')
  return { page, frame }
}
/** The window of ours that a click opens. */
const opened = async (click: () => Promise<unknown>): Promise<Page> => {
  const before = new Set(context.targets())
  await click()
  const isNew = (target: Target) => !before.has(target) && target.url().includes('/consent.html')
  const page = await (await context.waitForTarget(isNew, { timeout: HANGS_AFTER })).page()
  if (page === null) throw new Error('no window')
  page.setDefaultTimeout(HANGS_AFTER)
  return page
}
/** Where a person sees the middle of the button, also in a frame that is shown smaller than it is. */
const placeOfYes = async (frame: Frame): Promise<readonly [x: number, y: number]> => {
  const button = await frame.waitForSelector('.yes')
  const within = await button?.evaluate((button) => {
    button.scrollIntoView({ block: 'nearest' })
    const { x, y, width, height } = button.getBoundingClientRect()
    return [x + width / 2, y + height / 2] as const
  })
  return frame.page().evaluate(
    ([left, top]) => {
      const shown = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
      const box = shown.getBoundingClientRect()
      return [box.x + (left * box.width) / shown.offsetWidth, box.y + (top * box.height) / shown.offsetHeight] as const
    },
    within ?? ([0, 0] as const),
  )
}
const askThere = (frame: Frame): Promise<Page> =>
  opened(async () => frame.page().mouse.click(...(await placeOfYes(frame))))

/**
 * A yes there. The click closes its window, which may be told before the click is; one that comes while the window gets the
 * focus does not count, and a person would click again.
 */
const agreeThere = (asking: Page): Promise<void> =>
  expect
    .poll(async () => {
      await (await asking.$(yes).catch(() => null))?.click().catch(() => undefined)
      return asking.isClosed()
    })
    .toBe(true)

test('a visitor who agrees in the window computes; Stop ends it', async () => {
  const taskId = await market.post(quickInputs)
  const { page, frame } = await visit()
  const asking = await askThere(frame)
  await becomes(page, 'consenting')
  await agreeThere(asking)
  await expect.poll(() => market.letters(taskId)).toBe('cccc')
  expect(calls).toContain('register_node')
  const long = await market.post([longInput])
  await becomes(page, 'working')
  await (await frame.waitForSelector('.stop'))?.click()
  await becomes(page, 'stopped')
  await expect.poll(() => page.frames().length).toBe(2)
  await expect.poll(() => market.letters(long)).toBe('p')
  await market.cancel(long)
})

test('a second tab shows what the first one does, and Stop there stops it', async () => {
  const taskId = await market.post([longInput])
  const { page: first, frame } = await visit()
  await agreeThere(await askThere(frame))
  await becomes(first, 'working')
  // A yes is for a visit here, so it asks as well.
  const { page: second, frame: there } = await visit()
  await agreeThere(await askThere(there))
  await expect.poll(() => stateOf(second)).toEqual({ status: 'paused', reason: 'elsewhere' })
  const text = (selector: string) => there.$eval(selector, ({ textContent }) => textContent)
  await expect.poll(() => text('.whom')).toBe('Oblivion: in another tab')
  await expect.poll(() => text('.line')).toMatch(/^\d+ % of a core$/)
  await (await there.waitForSelector('.stop'))?.click()
  for (const page of [second, first]) await becomes(page, 'stopped')
  await expect.poll(() => market.letters(taskId)).toBe('p')
  await market.cancel(taskId)
})

describe('A9: no consent without a person who sees what is asked', () => {
  /**
   * Nothing was registered or claimed, nothing computes, and the browser comes to rest: less than half a core. One that
   * computes never does; one that has just opened a window has that to do first.
   */
  const nothing = async (page: Page): Promise<void> => {
    const used = async (): Promise<number> => {
      const from = processSeconds(firefox.pid)
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)))
      return processSeconds(firefox.pid) - from
    }
    await expect.poll(used).toBeLessThan(0.35)
    expect(['consenting', 'idle', 'failed']).toContain((await stateOf(page)).status)
    expect(calls.filter((name) => name !== 'get_site')).toEqual([])
    expect(page.frames().filter((each) => each.url().includes('sandbox'))).toEqual([])
  }

  test('a scripted start asks, however often; a synthetic click and a message that says yes do nothing', async () => {
    const { page, frame } = await visit()
    await page.evaluate(async () => {
      for (let n = 0; n < 20; n++) await (window as never as Demo).oblivion.start()
      const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
      const yes = { type: 'oblivion:consent', answer: 'yes', cpu: 1, nonce: '' }
      const { port1, port2 } = new MessageChannel()
      frame.contentWindow?.postMessage(yes, '*')
      frame.contentWindow?.postMessage('oblivion:frame-port:1', '*', [port2])
      port1.postMessage(yes)
    })
    // Even from inside the frame, where no page can reach.
    await frame.evaluate(() => (document.querySelector('.yes') as HTMLElement).click())
    await nothing(page)
    expect(context.targets().filter((each) => each.url().includes('/consent.html'))).toEqual([])
  })

  /** `pnpm test:deep` tries all. */
  const covers = [
    'a lid that lets clicks through',
    'opacity: 0.02 !important',
    'transform: scale(0.4); transform-origin: bottom right',
    'height: 120px !important',
    'transform: rotate(3deg)',
    'filter: grayscale(1)',
    'clip-path: inset(75% 0 0 0)',
  ].slice(0, Number(process.env.COVERS ?? 1))

  test.each(covers)('a click through %s opens a window, and no more', async (how) => {
    const { page, frame } = await visit()
    await page.evaluate(coverFrame, how)
    const asking = await askThere(frame)
    // By a script there as well.
    await (await asking.waitForSelector('.yes'))?.evaluate((button) => (button as HTMLElement).click())
    await nothing(page)
    await asking.close()
  })

  test('a frame that is moved under the cursor opens a window, where a click at once does not count', async () => {
    const { page, frame } = await visit()
    await page.mouse.move(200, 500)
    /** How far the button was from the cursor; a frame gets its size a moment after it is there. */
    const move = async (): Promise<number> => {
      const [x, y] = await placeOfYes(frame)
      await page.evaluate(moveFrame, { dx: 200 - x, dy: 500 - y })
      return Math.hypot(200 - x, 500 - y)
    }
    await expect.poll(move).toBeLessThan(1)
    const asking = await opened(() => page.mouse.click(200, 500))
    const button = await asking.waitForSelector('.yes')
    // Its second begins anew with each of these: the click comes too early, however slow the machine.
    await asking.evaluate(() => void setInterval(() => dispatchEvent(new Event('resize')), 50))
    await button?.click()
    await nothing(page)
  })

  test('an answer counts for its window, its question and its opener, once, and not for the next visit', async () => {
    const { page, frame } = await visit()
    const asking = await askThere(frame)
    const [key = '', nonce = ''] = new URL(asking.url()).hash.slice(1).split('.')
    const answer = { type: 'oblivion:consent', nonce, answer: 'yes', cpu: 0.5 }
    // From the page, which even knows the number; from the window with another; and from a window that the page opened.
    await page.evaluate((message) => {
      const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
      frame.contentWindow?.postMessage(message, '*')
    }, answer)
    await asking.evaluate((message) => window.opener.postMessage(message, '*'), { ...answer, nonce: 'another' })
    await nothing(page)
    await asking.close()
    const own = await opened(() =>
      page
        .evaluate((url) => {
          const button = Object.assign(document.createElement('button'), { textContent: 'x', id: 'bait' })
          button.style.cssText = 'position:fixed;left:0;top:0;width:90px;height:40px;z-index:9'
          button.onclick = () => void open(url, '_blank', 'popup,width=432,height=480')
          document.body.append(button)
        }, `${market.stack.dev.bridgeUrl}/consent.html#${key}.${nonce}.50`)
        .then(() => page.click('#bait')),
    )
    await agreeThere(own)
    await nothing(page)
    // A yes of this visit is forgotten with its tab: Firefox could not tell later that the badge is covered.
    const again = await askThere(frame)
    await agreeThere(again)
    const state = async () => {
      const { status, reason } = await stateOf(page)
      return reason ?? status
    }
    await expect.poll(state).toMatch(/^(waiting|working)$/)
    await page.close()
    calls = []
    await nothing((await visit()).page)
  })
})
