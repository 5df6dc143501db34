import { accounts, type TestStack } from '@oblivion/stack/testing'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { snippet } from '../../../apps/dapp/src/features/embed/snippets.ts'
import { agree, askingFrame } from './harness/agree.ts'
import { coverFrame, moveFrame } from './harness/frameTricks.ts'
import { signIn } from './harness/signIn.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { longInput, type Market, quickInputs, startMarket } from './harness/startMarket.ts'
import { countWorkers } from './harness/threadTime.ts'

// The worker on somebody else's page, as `start` serves it: the demo's page, our frame in it, the server, in Chromium.

const [, , , walletAccount] = accounts

/** Some seconds of work. */
const shortInput = { ...longInput, samples: 64 } as typeof longInput

let market: Market
let stack: TestStack
let profile: Profile
let context: BrowserContext
/** Calls of the API that a browser of these tests made, by name. */
let calls: string[]

beforeAll(async () => {
  market = await startMarket()
  stack = market.stack
  profile = await spawnChromium()
})
afterAll(async () => {
  await profile?.close()
  await market?.stack.stop()
})
/** On a machine that others use too the watch over the page's thread (`watchPage`) is late by no fault of the page. */
const withPatience = (): void => {
  const every = window.setInterval
  const patient = (act: () => void, ms: number): number => (ms === 500 ? 0 : every(act, ms))
  if (window.parent === window) Object.assign(window, { setInterval: patient })
}
/** Writes down at what pace our frame has its programs run: that it is held is shown in pace.test.ts. */
const notePaces = (): void => {
  if (location.pathname !== '/embed.html') return
  const paces: number[] = []
  const real = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (this: MessagePort, ...message: [never]) {
    const { pace } = Object(message[0]) as { pace?: number }
    if (pace !== undefined) paces.push(pace)
    real.apply(this, message)
  }
  Object.assign(window, { paces })
}
const pacesOf = (frame: Frame) => frame.evaluate(() => (window as never as { paces: number[] }).paces)
const paceBecomes = (frame: Frame, pace: number) =>
  expect.poll(async () => (await pacesOf(frame)).at(-1), { interval: 20 }).toBe(pace)

beforeEach(async () => {
  calls = []
  context = await profile.browser.newContext({ viewport: { width: 1000, height: 800 } })
  await context.addInitScript(withPatience)
  await context.addInitScript(notePaces)
  context.on('request', (request) => {
    const [, name] = /\/rpc\/(\w+)$/.exec(new URL(request.url()).pathname) ?? []
    if (name !== undefined && request.method() === 'POST') calls.push(name)
  })
})
afterEach(() => context.close())

type State = { status: string; reason?: string; code?: string }
const stateOf = (page: Page): Promise<State> => page.evaluate(() => (window as never as Demo).oblivion.state)
interface Demo {
  oblivion: { state: State; start(): Promise<void>; stop(): void; limit(limits: { cpu: number }): void }
}
const becomes = (page: Page, status: string) =>
  expect.poll(async () => (await stateOf(page)).status, { interval: 50 }).toBe(status)

/** The demo's page, asking. */
const visit = async (url = stack.dev.embedDemoUrl ?? ''): Promise<{ page: Page; frame: Frame }> => {
  const page = await context.newPage()
  await page.goto(url)
  await becomes(page, 'consenting')
  return { page, frame: askingFrame(page) }
}

/** How high the open panel is with each of these texts in that place. */
const heightsWith = (frame: Frame, place: string, texts: readonly string[]) =>
  frame.locator(place).evaluate(
    (element, texts) =>
      texts.map((text) => {
        element.textContent = text
        return document.querySelector('main')?.offsetHeight
      }),
    texts,
  )

/** `pnpm test:deep` runs all of it. */
const DEEP = process.env.COVERS !== undefined
const RACES = DEEP ? 1000 : 10

describe('a visitor who agrees', () => {
  test('computes, is shown what is used, earns without a wallet, and moves it to one by a code', async () => {
    const taskId = await market.post(quickInputs)
    const { page, frame } = await visit()
    // Nothing of the visitor was sent before: only what the site is was asked.
    expect(calls).toEqual(['get_site'])
    await agree(page, frame)
    await expect.poll(() => market.letters(taskId)).toBe('cccc')
    await frame.locator('.about').click()
    await expect.poll(() => frame.locator('.earned').textContent()).toContain('0.0228 USDC')
    await frame.getByRole('button', { name: 'Move to my wallet' }).click()
    // The page opens by itself while the browser still counts the click; the link stays for when it does not.
    const link = frame.getByRole('link', { name: 'Open the wallet page' })
    await expect.poll(() => frame.locator('.earned').textContent()).toContain('wallet page')
    const code = new URL((await link.getAttribute('href')) ?? '').hash.slice(1)
    expect(code).toMatch(/^obc_[0-9a-f]{64}$/)
    if (walletAccount === undefined) throw new Error('no account')
    const wallet = market.clientOf(await signIn(stack.dev, walletAccount))
    expect(await wallet.call('redeem_claim_code', { p_code: code })).toMatchObject({ earned: '22800' })
    // What stands below does not move under a pointer when the sum is there or a job comes.
    for (const [place, texts] of [
      ['.earned > :first-child', ['Looking', '0.0228 USDC']],
      ['.now', ['Waiting for a job', '100 % of a core; tiles of pictures (raytrace), part 12 of 64, 100 % done']],
    ] as const)
      expect(new Set(await heightsWith(frame, place, texts)).size, place).toBe(1)
    await frame.getByRole('button', { name: 'Stop' }).click()
    await becomes(page, 'stopped')
    await expect.poll(() => page.frames().length).toBe(2)
  })

  test.runIf(DEEP)('is asked again at the next page only after a stop; a closed tab gives its job back', async () => {
    const taskId = await market.post([longInput])
    const { page, frame } = await visit()
    await agree(page, frame)
    await becomes(page, 'working')
    // The consent of a minute ago stands, on the site's next page as well.
    await page.goto(stack.dev.embedDemoUrl ?? '')
    await expect.poll(() => computing(page)).toBe(true)
    const again = page.frames().find((each) => each.url().includes('/embed.html'))
    await again?.getByRole('button', { name: 'Stop' }).click()
    await becomes(page, 'stopped')
    await expect.poll(() => market.letters(taskId)).toBe('p')
    await page.reload()
    await becomes(page, 'consenting')
    await market.cancel(taskId)
  })
})

/** Ways to have a card clicked that nobody can read; the browser tells of each. All of them in `pnpm test:deep`. */
const COVERS = [
  'a lid that lets clicks through',
  'opacity: 0.02 !important',
  'height: 120px !important',
  'transform: scale(0.4); transform-origin: bottom right',
  'transform: rotate(3deg)',
  'filter: grayscale(1)',
  'mix-blend-mode: multiply',
].slice(0, Number(process.env.COVERS ?? 2))
const computing = async (page: Page): Promise<boolean> => ['waiting', 'working'].includes((await stateOf(page)).status)

describe('A9: no consent without a person who sees what is asked', () => {
  const nothing = async (page: Page): Promise<void> => {
    expect(['consenting', 'idle', 'failed']).toContain((await stateOf(page)).status)
    expect(calls.filter((name) => name !== 'get_site')).toEqual([])
    expect(page.frames().filter((each) => each.url().includes('sandbox'))).toEqual([])
    // No thread to compute on in all of the browser; those of earlier tests are on their way out.
    await expect.poll(() => countWorkers(profile.pid)).toBe(0)
  }

  test('a scripted start asks, however often', async () => {
    const { page } = await visit()
    await page.evaluate(async () => {
      for (let n = 0; n < 20; n++) await (window as never as Demo).oblivion.start()
    })
    await nothing(page)
  })

  test('a synthetic click, and a message that says yes', async () => {
    const { page, frame } = await visit()
    await expect.poll(() => frame.locator('.yes').getAttribute('aria-disabled')).toBe('false')
    // Even from inside the frame, where no page can reach.
    await frame.evaluate(() => (document.querySelector('.yes') as HTMLElement).click())
    await page.evaluate(() => {
      const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
      const yes = { type: 'oblivion:consent', answer: 'yes', cpu: 1, nonce: '' }
      const { port1, port2 } = new MessageChannel()
      frame.contentWindow?.postMessage(yes, '*')
      frame.contentWindow?.postMessage('oblivion:frame-port:1', '*', [port2])
      port1.postMessage({ type: 'start' })
      port1.postMessage(yes)
    })
    await settled(page)
    await nothing(page)
  })

  /** Half a second in which what a click started would have begun. */
  const settled = (page: Page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)))
  const clickYes = async (page: Page, frame: Frame): Promise<void> => {
    const box = await frame.locator('.yes').boundingBox()
    if (box === null) throw new Error('no button')
    await page.mouse.move(box.x + 20, box.y + 10)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1200)))
    await page.mouse.click(box.x + 22, box.y + 10)
    await settled(page)
  }

  test('a frame that is covered, transparent, shrunk, turned or filtered', async () => {
    const { page, frame } = await visit()
    const yes = frame.locator('.yes')
    for (const how of COVERS) {
      await expect.poll(() => yes.getAttribute('aria-disabled')).toBe('false')
      const box = await yes.boundingBox()
      if (box === null) throw new Error('no button')
      await page.evaluate(coverFrame, how)
      // The browser looks ten times a second.
      await expect.poll(() => yes.getAttribute('aria-disabled'), { message: how }).toBe('true')
      const there = (await yes.boundingBox()) ?? box
      await page.mouse.click(there.x + there.width / 2, there.y + there.height / 2)
      await settled(page)
      await nothing(page)
      await page.evaluate(() => {
        document.getElementById('lid')?.remove()
        document.adoptedStyleSheets = []
      })
    }
  })

  test('a frame that is cut to its button, which the browser does not always tell', async () => {
    const { page, frame } = await visit()
    await expect.poll(() => frame.locator('.yes').getAttribute('aria-disabled')).toBe('false')
    await page.evaluate(() => {
      const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
      frame.style.clipPath = 'inset(75% 0 0 0)'
    })
    await clickYes(page, frame)
    // At most it has opened a window that asks.
    await nothing(page)
  })

  /** By the keyboard, which tells nothing of what was seen: the question is put once more in a window of ours. */
  const askThere = async (page: Page, frame: Frame): Promise<Page> => {
    await expect.poll(() => frame.locator('.yes').getAttribute('aria-disabled')).toBe('false')
    const opened = context.waitForEvent('page')
    await frame.locator('.yes').press('Enter')
    const asking = await opened
    await asking.waitForLoadState()
    expect(new URL(asking.url()).pathname).toBe('/consent.html')
    await nothing(page)
    return asking
  }

  test('by the keyboard the question is put once more in a window of ours, and there a yes counts', async () => {
    const { page, frame } = await visit()
    const asking = await askThere(page, frame)
    const yes = asking.locator('.yes')
    await yes.waitFor()
    for (const where of [frame, asking]) {
      const about = where.getByRole('link', { name: 'How it works' })
      expect(await about.getAttribute('href')).toBe(`${stack.dev.dappUrl}/how-it-works`)
    }
    // All of the question, before anybody scrolls.
    expect(
      await asking.evaluate(() => {
        const { top, bottom } = (document.querySelector('.card') as HTMLElement).getBoundingClientRect()
        return top >= 0 && bottom <= innerHeight
      }),
    ).toBe(true)
    await asking.evaluate(() => (document.querySelector('.yes') as HTMLElement).click())
    await nothing(page)
    await expect.poll(() => yes.getAttribute('aria-disabled')).toBe('false')
    // The click closes its window, which may be told before the click is.
    const closed = asking.waitForEvent('close')
    yes.click().catch(() => undefined)
    await closed
    await expect.poll(() => computing(page)).toBe(true)
  })

  test.runIf(DEEP)('an answer of the window counts for the window and the question that it belongs to', async () => {
    const { page, frame } = await visit()
    const asking = await askThere(page, frame)
    const [, nonce] = new URL(asking.url()).hash.split('.')
    const yes = { type: 'oblivion:consent', nonce, answer: 'yes', cpu: 0.5 }
    // From the page, which even knows the number; and from the window with another number.
    await page.evaluate((message) => {
      const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
      frame.contentWindow?.postMessage(message, '*')
    }, yes)
    await asking.evaluate((message) => window.opener.postMessage(message, '*'), { ...yes, nonce: 'another' })
    await settled(page)
    await nothing(page)
    // Its window is gone: what it says now belongs to nothing.
    await asking.close()
    await settled(page)
    await nothing(page)
  })

  test('a frame that is moved under the cursor at the moment of a click', async () => {
    const { page, frame } = await visit()
    const yes = frame.locator('.yes')
    await expect.poll(() => yes.getAttribute('aria-disabled')).toBe('false')
    const box = await yes.boundingBox()
    if (box === null) throw new Error('no button')
    // The cursor rests elsewhere, on the page's own bait.
    await page.mouse.move(200, 500)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)))
    await frame.evaluate(() => addEventListener('click', ({ target }) => Object.assign(window, { hit: target })))
    await page.evaluate(moveFrame, { dx: 200 - box.x - 20, dy: 500 - box.y - 10 })
    // Until the browser knows where the frame is now, a click still goes to the page.
    const click = async () => {
      await page.mouse.click(200, 500)
      return frame.evaluate(() => (window as never as { hit?: Element }).hit?.className)
    }
    await expect.poll(click).toBe('yes')
    await settled(page)
    await nothing(page)
    // Where it stands now it can be answered like anywhere, once no window of ours asks.
    for (const other of context.pages()) if (other !== page) await other.close()
    await agree(page, frame)
    await expect.poll(() => computing(page)).toBe(true)
  })

  test('a no is remembered, and the page cannot ask again; the visitor can', async () => {
    const { page, frame } = await visit()
    // Nothing of the question is cut off on the narrowest screen: what is agreed to is read whole.
    await page.setViewportSize({ width: 320, height: 640 })
    const cutOff = () =>
      [...document.querySelectorAll('h1, dt, dd, .power > *, button, a')].filter(
        (element) => element.getBoundingClientRect().right > innerWidth - 16,
      ).length
    await expect.poll(() => frame.evaluate(() => innerWidth)).toBeLessThan(320)
    expect(await frame.evaluate(cutOff)).toBe(0)
    await frame.getByRole('button', { name: 'No' }).click()
    await expect.poll(() => stateOf(page)).toEqual({ status: 'failed', code: 'OB280' })
    await page.reload()
    await expect.poll(() => stateOf(page)).toEqual({ status: 'failed', code: 'OB280' })
    await page.evaluate(() => (window as never as Demo).oblivion.start())
    await settled(page)
    await nothing(page)
    expect(await stateOf(page)).toEqual({ status: 'failed', code: 'OB280' })
  })

  test('a tab that has only asked hears a no in another, and is not put out by who thinks better of it there', async () => {
    const { page: first, frame } = await visit()
    const { page: second } = await visit()
    await frame.getByRole('button', { name: 'No' }).click()
    await expect.poll(() => stateOf(second)).toEqual({ status: 'failed', code: 'OB280' })
    await frame.getByRole('button', { name: 'Undo' }).click()
    await becomes(first, 'consenting')
    expect(await stateOf(second)).toEqual({ status: 'failed', code: 'OB280' })
  })

  test('a Stop while the worker is loaded is the last word, also where the load then fails', async () => {
    const held = Promise.withResolvers<void>()
    await context.route('**/bridge.js', async (route) => {
      await held.promise
      await route.abort()
    })
    const { page, frame } = await visit()
    await agree(page, frame)
    await becomes(page, 'starting')
    await frame.getByRole('button', { name: 'Stop' }).click()
    await becomes(page, 'stopped')
    const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/bridge.js'))
    held.resolve()
    await failed
    await settled(page)
    expect(await stateOf(page)).toEqual({ status: 'stopped' })
  })

  test('a badge that is covered for five seconds pauses, and uncovered goes on', async () => {
    const taskId = await market.post([longInput])
    const { page, frame } = await visit()
    await agree(page, frame)
    await becomes(page, 'working')
    await page.evaluate(() => {
      const lid = document.createElement('div')
      lid.id = 'lid'
      lid.style.cssText = 'position:fixed;right:0;bottom:0;width:300px;height:90px;background:#fff;z-index:2147483647'
      document.body.append(lid)
    })
    await expect.poll(() => stateOf(page)).toEqual({ status: 'paused', reason: 'covered' })
    await page.evaluate(() => document.getElementById('lid')?.remove())
    await becomes(page, 'working')
    await market.cancel(taskId)
  })
})

describe('a good neighbour', () => {
  test('rests on battery, as the page lets our frame know, and goes on at the mains', async () => {
    const taskId = await market.post([longInput])
    const { page, frame } = await visit()
    // This machine has no battery: what its charger says is changed, that the frame may ask is not.
    const unplug = (unplugged: boolean) =>
      frame.evaluate(async (unplugged) => {
        const { getBattery } = navigator as never as { getBattery(): Promise<EventTarget> }
        const battery = await getBattery.call(navigator)
        Object.defineProperty(battery, 'charging', { value: !unplugged, configurable: true })
        battery.dispatchEvent(new Event('chargingchange'))
      }, unplugged)
    await unplug(true)
    await agree(page, frame)
    await expect.poll(() => stateOf(page)).toEqual({ status: 'paused', reason: 'on-battery' })
    await expect.poll(() => frame.locator('.line').textContent()).toBe('Paused: on battery')
    await unplug(false)
    await becomes(page, 'working')
    await unplug(true)
    await expect.poll(() => stateOf(page)).toEqual({ status: 'paused', reason: 'on-battery' })
    await market.cancel(taskId)
  })

  test('a frame of ours asks to be told of the battery in each of its forms, as the standard wants it', async () => {
    const { page } = await visit()
    expect(await page.locator('iframe[title^=Oblivion]').getAttribute('allow')).toBe('battery')
    await page.goto(`${stack.dev.embedDemoUrl}/second.html`)
    expect(await page.locator('iframe[title^=Oblivion]').getAttribute('allow')).toBe('battery')
    const facts = { bridgeUrl: stack.dev.bridgeUrl, siteKey: 'obs_1', script: null }
    expect(snippet('frame', facts)).toContain('allow="battery"')
  })

  // Quiet for five seconds a shared machine may be long in coming to; pace.test.ts has the same of a page of our own.
  test.runIf(DEEP)('rests while the page itself is busy, says so, and goes on when it is idle again', async () => {
    const taskId = await market.post([longInput])
    // The watch as it is, and held in hand: what it sees of a thread that is really busy, and then at moments that pass
    // as they do in a quiet page.
    await context.addInitScript(() => {
      if (window.parent !== window) return
      Object.assign(window, { setInterval: (look: () => void) => Object.assign(window, { look }) })
    })
    const { page, frame } = await visit()
    await agree(page, frame)
    await becomes(page, 'working')
    const look = (busyMs: number, quiet: number) =>
      page.evaluate(
        ([busyMs = 0, quiet = 0]) => {
          const { look } = window as never as { look: () => void }
          let at = performance.now()
          while (performance.now() < at + 500 + busyMs);
          look()
          at = performance.now()
          const real = performance.now
          performance.now = () => at
          for (let n = 0; n < quiet; n += 1) {
            at += 500
            look()
          }
          performance.now = real
        },
        [busyMs, quiet],
      )
    await look(1500, 0)
    await expect.poll(() => stateOf(page)).toEqual({ status: 'paused', reason: 'page-busy' })
    await expect.poll(() => frame.locator('.line').textContent()).toBe('Paused: page is busy')
    await look(1500, 12)
    await becomes(page, 'working')
    await market.cancel(taskId)
  })

  test('a site’s cap lowers what a visitor may choose, the visitor goes lower, and no page goes higher', async () => {
    const taskId = await market.post([longInput])
    // The tag as its owner would write it, before it runs.
    await context.addInitScript(() => {
      new MutationObserver(() => {
        for (const tag of document.querySelectorAll<HTMLElement>('script[data-site-key]')) tag.dataset.cpu = '0.2'
      }).observe(document, { childList: true, subtree: true })
    })
    const { page } = await visit()
    const frame = askingFrame(page)
    const range = frame.getByLabel('Most of one processor core')
    // The owner's 20 %, below the 50 % of the site.
    await expect.poll(() => range.getAttribute('max')).toBe('20')
    expect(await frame.locator('output').textContent()).toBe('20 %')
    const limit = (cpu: number) => page.evaluate((cpu) => (window as never as Demo).oblivion.limit({ cpu }), cpu)
    await agree(page, frame)
    await paceBecomes(frame, 0.2)
    // At once, for the job at hand; 0.05 is what it says.
    await limit(0.05)
    await paceBecomes(frame, 0.05)
    // Up again only to what the visitor agreed to; nonsense is the least, and no way up.
    await limit(1)
    await paceBecomes(frame, 0.2)
    await limit(Number.NaN)
    await paceBecomes(frame, 0.05)
    await limit(1)
    await paceBecomes(frame, 0.2)
    // The visitor goes lower in the panel, and no page can undo it; and higher, up to what the site allows.
    await frame.locator('.about').click()
    expect(await range.getAttribute('max')).toBe('50')
    await range.fill('5')
    await paceBecomes(frame, 0.05)
    await limit(0.8)
    await range.fill('50')
    await paceBecomes(frame, 0.5)
    expect(await pacesOf(frame)).toEqual([0.2, 0.05, 0.2, 0.05, 0.2, 0.05, 0.5])
    await market.cancel(taskId)
  })

  test('a browser that lacks what the worker needs is told so in words, and is asked nothing', async () => {
    const page = await context.newPage()
    await page.addInitScript(() => void Reflect.deleteProperty(Promise, 'withResolvers'))
    await page.goto(stack.dev.embedDemoUrl ?? '')
    await expect.poll(() => stateOf(page)).toEqual({ status: 'failed', code: 'OB204' })
    await expect
      .poll(() => askingFrame(page).locator('main').textContent())
      .toContain('This browser is too old for it.')
    expect(calls).toEqual([])
  })
})

test('after 24 h a visitor is asked again: the job at hand is completed first, and paid', async () => {
  const taskId = await market.post([shortInput])
  const page = await context.newPage()
  // The frame's clock and its look once a minute, moved below. A runner's own clock would need globals in the sandbox.
  await page.addInitScript(() => {
    if (location.pathname !== '/embed.html') return
    const [every, now] = [window.setInterval, Date.now]
    let later = 0
    Date.now = () => now() + later
    const setInterval = (look: () => void, ms: number) => {
      if (ms === 60_000) {
        Object.assign(window, {
          wait: (hours: number) => {
            later += hours * 3_600_000
            look()
          },
        })
      }
      return every(look, ms)
    }
    Object.assign(window, { setInterval })
  })
  await page.goto(`${stack.dev.embedDemoUrl}/second.html`)
  const frame = await vi.waitUntil(() => page.frames().find((each) => each.url().includes('embed.html')), 30_000)
  await frame.locator('.yes').waitFor()
  await agree(page, frame)
  const line = () => frame.locator('.line').textContent()
  await expect.poll(line, { interval: 20 }).toContain('of a core')
  const wait = (hours: number) =>
    frame.evaluate((hours) => (window as never as { wait(hours: number): void }).wait(hours), hours)
  await wait(23)
  expect(await line()).toContain('of a core')
  await wait(1)
  await expect.poll(line, { interval: 20 }).toBe('Finishing its job')
  await frame.locator('h1').filter({ hasText: 'use some of your computer' }).waitFor()
  expect(await market.letters(taskId)).toBe('c')
  // Nothing computes until there is an answer.
  expect(page.frames().filter((each) => each.url().includes('sandbox'))).toEqual([])
})

describe('several tabs of one site', () => {
  const textOf = (frame: Frame, selector: string) => expect.poll(() => frame.locator(selector).textContent())

  test('show what the one worker does and earns, set its power, and Stop in any of them stops it', async () => {
    const earning = await market.post(quickInputs)
    const { page: first, frame: firstFrame } = await visit()
    await agree(first, firstFrame)
    await expect.poll(() => market.letters(earning)).toBe('cccc')
    const taskId = await market.post([longInput])
    await becomes(first, 'working')
    const second = await context.newPage()
    await second.goto(stack.dev.embedDemoUrl ?? '')
    await expect.poll(() => stateOf(second)).toEqual({ status: 'paused', reason: 'elsewhere' })
    const frame = askingFrame(second)
    await textOf(frame, '.line').toMatch(/^[1-9]\d* % of a core$/)
    await textOf(frame, '.whom').toBe('Oblivion: in another tab')
    await frame.locator('.about').click()
    await textOf(frame, '.now').toMatch(
      /^In another tab: \d+ % of a core; tiles of pictures \(raytrace\), part 1 of 1, /,
    )
    // By the tab that has the node's key.
    await textOf(frame, '.earned').toMatch(/^0\.\d+ USDC/)
    await frame.getByLabel('Most of one processor core').fill('5')
    await paceBecomes(firstFrame, 0.05)
    // What the second page itself is told is what it always was (A11).
    expect(await stateOf(second)).toEqual({ status: 'paused', reason: 'elsewhere' })

    await frame.getByRole('button', { name: 'Stop' }).click()
    await becomes(second, 'stopped')
    await becomes(first, 'stopped')
    await textOf(firstFrame, '.line').toBe('Stopped in another tab')
    // It was given back, no other tab went on with it, and the next page asks.
    await expect.poll(() => market.letters(taskId)).toBe('p')
    for (const page of [first, second]) expect(page.frames()).toHaveLength(2)
    await first.reload()
    await becomes(first, 'consenting')
    expect(await market.letters(taskId)).toBe('p')
    await market.cancel(taskId)
  })

  test('go on where the one is closed; a “never” in one is heard in all', async () => {
    const taskId = await market.post([longInput])
    const { page: first, frame: firstFrame } = await visit()
    await agree(first, firstFrame)
    await becomes(first, 'working')
    const [second, third] = [await context.newPage(), await context.newPage()]
    for (const page of [second, third]) {
      await page.goto(stack.dev.embedDemoUrl ?? '')
      await becomes(page, 'paused')
    }
    await first.close()
    await third.bringToFront()
    // With the job that it gave back, or waiting for one: of such goodbyes some are lost with their document.
    await expect.poll(async () => (await Promise.all([second, third].map(computing))).sort()).toEqual([false, true])
    await askingFrame(third).locator('.about').click()
    await textOf(askingFrame(third), '.now').toMatch(/ of a core|Waiting for a job/)
    await askingFrame(third).getByRole('button', { name: 'Never on this site' }).click()
    for (const page of [second, third]) {
      await expect.poll(() => stateOf(page)).toEqual({ status: 'failed', code: 'OB280' })
      expect(page.frames()).toHaveLength(2)
    }
    await second.reload()
    await expect.poll(() => stateOf(second)).toEqual({ status: 'failed', code: 'OB280' })
    await market.cancel(taskId)
  })

  test('A11: neither the page around nor our own origin on another site is among them', async () => {
    const taskId = await market.post([longInput])
    const { page, frame } = await visit()
    const other = await context.newPage()
    await other.goto(`${stack.dev.bridgeUrl}/embed.json`)
    const key = await keyOfDemo()
    const join = (where: Page) =>
      where.evaluate((key) => {
        const heard: unknown[] = []
        const channel = new BroadcastChannel(`oblivion:tabs:1:${key}`)
        channel.onmessage = ({ data }) => heard.push(data)
        Object.assign(window, { heard, channel })
      }, key)
    for (const where of [page, other]) await join(where)
    await agree(page, frame)
    await becomes(page, 'working')
    for (const where of [page, other]) {
      await where.evaluate(() => {
        const { channel } = window as never as { channel: BroadcastChannel }
        channel.postMessage({ type: 'hello' })
        channel.postMessage({ type: 'end', never: true, at: Number.MAX_SAFE_INTEGER })
        channel.postMessage({ type: 'ask', id: 'x', call: 'create_claim_code' })
      })
    }
    // Later than any of these would have come: a tab of the same site, which is told at once.
    const second = await context.newPage()
    await second.goto(stack.dev.embedDemoUrl ?? '')
    await textOf(await vi.waitUntil(() => askingFrame(second), 30_000), '.whom').toBe('Oblivion: in another tab')
    expect((await stateOf(page)).status).toBe('working')
    for (const where of [page, other]) {
      expect(await where.evaluate(() => (window as never as { heard: unknown[] }).heard)).toEqual([])
    }
    expect(calls).not.toContain('create_claim_code')
    await market.cancel(taskId)
  })
})

const keyOfDemo = async (): Promise<string> =>
  /obs_[0-9a-f]{32}/.exec(await (await fetch(stack.dev.embedDemoUrl ?? '')).text())?.[0] ?? ''

describe('A2, A11: a page and our frame', () => {
  test('a page whose origin is not the site’s is told so in words, and nothing runs', async () => {
    const page = await context.newPage()
    await page.goto(`${stack.dev.bridgeUrl}/embed.json`)
    const key = await keyOfDemo()
    await page.evaluate(
      ({ bridgeUrl, key }) => {
        const frame = document.createElement('iframe')
        frame.src = `${bridgeUrl}/embed.html#${key}`
        document.body.append(frame)
      },
      { bridgeUrl: stack.dev.bridgeUrl, key },
    )
    const frame = await vi.waitUntil(() => page.frames().find((each) => each.url().includes('embed.html')), 30_000)
    await expect.poll(() => frame.locator('main').textContent()).toContain('not one that the site’s key is for')
    expect(calls).toEqual(['get_site'])
  })

  test('a page that is too busy to answer our frame at once is told of the worker all the same', async () => {
    const page = await context.newPage()
    await page.addInitScript(() => {
      if (window.parent !== window) return
      new MutationObserver((_, observer) => {
        if (document.querySelector('iframe') === null) return
        observer.disconnect()
        const until = performance.now() + 2500
        while (performance.now() < until);
      }).observe(document, { childList: true, subtree: true })
    })
    await page.goto(stack.dev.embedDemoUrl ?? '')
    await becomes(page, 'consenting')
  })

  test('a fork of the worker on another origin is refused by the server', async () => {
    const key = await keyOfDemo()
    const register = (origin: string) =>
      fetch(`${stack.dev.supabaseUrl}/rest/v1/rpc/register_node`, {
        method: 'POST',
        headers: { apikey: stack.dev.anonKey, 'content-type': 'application/json', origin },
        body: JSON.stringify({ p_hardware_id: 'a-fork', p_site_key: key }),
      })
    // From the dApp's own origin, which the gateway lets through: the database refuses.
    const refused = await register(stack.dev.dappUrl)
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([400, 'OB081'])
    expect((await register('https://fork.example')).status).toBe(403)
    expect((await register(stack.dev.bridgeUrl)).status).toBe(200)
  })

  test.runIf(DEEP)('the page hears states, shares and sizes, and nothing else', async () => {
    const taskId = await market.post(quickInputs)
    const { page, frame } = await visit()
    await page.evaluate(() => {
      const heard: unknown[] = []
      Object.assign(window, { heard })
      const worker = (window as never as { oblivion: { on(name: string, listener: (e: unknown) => void): void } })
        .oblivion
      worker.on('state', (event) => heard.push(event))
      worker.on('share', (event) => heard.push(event))
    })
    await agree(page, frame)
    await expect.poll(() => market.letters(taskId)).toBe('cccc')
    const heard = await page.evaluate(() => (window as never as { heard: unknown[] }).heard)
    for (const event of heard) {
      if (typeof event === 'number') continue
      expect(Object.keys(event as object).filter((name) => !['status', 'reason', 'code'].includes(name))).toEqual([])
    }
    expect(JSON.stringify(heard)).not.toMatch(/obn_|[0-9a-f]{8}-[0-9a-f]{4}|0x/)
  })

  test(`A11: a frame beside ours offers ports to it all the time, ${RACES} times: it is never the one that is heard`, {
    timeout: 600_000,
  }, async () => {
    const page = await context.newPage()
    await page.goto(`${stack.dev.bridgeUrl}/embed.json`)
    // An advertisement, say: it floods every window that it can reach, ours and the page.
    await page.evaluate(() => {
      const ad = document.createElement('iframe')
      ad.srcdoc = `<script>
        let heard = 0, offered = 0
        setInterval(() => {
          for (let index = 1; index < parent.frames.length; index += 1) {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => { heard += 1 }
            parent.frames[index].postMessage('oblivion:frame-port:1', '*', [port2])
            offered += 1
          }
          parent.postMessage('oblivion:frame:1', '*')
        })
        addEventListener('message', ({ ports: [port] }) => port?.postMessage([heard, offered]))
      </script>`
      document.body.append(ad)
    })
    const race = () =>
      page.evaluate(
        async (src) => {
          const frame = document.createElement('iframe')
          const heard = new Promise<unknown>((resolve) => {
            addEventListener('message', function answer({ source, data }) {
              if (source !== frame.contentWindow || data !== 'oblivion:frame:1') return
              removeEventListener('message', answer)
              const { port1, port2 } = new MessageChannel()
              port1.onmessage = (event) => resolve(event.data)
              port1.postMessage({ type: 'start' })
              // As late as a page can be.
              setTimeout(() => frame.contentWindow?.postMessage('oblivion:frame-port:1', '*', [port2]), 20)
            })
          })
          frame.src = src
          document.body.append(frame)
          const first = await heard
          frame.remove()
          return first
        },
        `${stack.dev.bridgeUrl}/embed.html#obs_${'0'.repeat(32)}`,
      )
    for (let round = 0; round < RACES; round += 1) expect(await race()).toMatchObject({ type: 'state' })
    const [heard, offered] = await page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = ({ data }) => resolve(data)
          frames[0]?.postMessage('', '*', [port2])
        }),
    )
    expect(offered).toBeGreaterThan(2 * RACES)
    expect(heard).toBe(0)
  })
})

test('after Stop no CPU is used within 100 ms', async () => {
  const taskId = await market.post([longInput])
  const { page, frame } = await visit()
  await agree(page, frame)
  await becomes(page, 'working')
  const took = await frame.evaluate(async () => {
    const from = performance.now()
    ;(document.querySelector('.stop') as HTMLElement).click()
    // Whatever computes lies in this frame.
    while (document.querySelector('iframe') !== null) await new Promise((resolve) => setTimeout(resolve, 1))
    return performance.now() - from
  })
  expect(took).toBeLessThan(100)
  await market.cancel(taskId)
})

test('the embed asks for no wallet', async () => {
  for (const path of ['embed.js', 'embed.html', 'frame.js', 'bridge.js', 'agent.js', 'consent.js']) {
    const text = await (await fetch(`${stack.dev.bridgeUrl}/${path}`)).text()
    expect(text.length).toBeGreaterThan(100)
    expect(text).not.toMatch(/ethereum|eth_|eip-?6963|personal_sign|walletconnect/i)
  }
})
