import type { BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EmbeddedWorker, EmbedOptions } from '../src/embed/index.ts'
import { agree, askingFrame, comeAcross } from './harness/agree.ts'
import { coverFrame, moveFrame } from './harness/frameTricks.ts'
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
  sdk: typeof import('../src/embed/index.ts') & typeof import('../src/element/index.ts')
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

/** The whole of them by `pnpm test:deep`. */
const DEEP = process.env.COVERS !== undefined

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

  test.each(['stop', 'finish'] as const)(
    '%s() while the frame loads ends the start; the next one works',
    async (how) => {
      const page = await open()
      const code = await page.evaluate((how) => {
        const { guest } = window as never as Guest
        const started = guest.start().catch(({ code }) => code)
        guest[how]()
        return started
      }, how)
      expect(code).toBe('OB103')
      await start(page)
      await becomes(page, 'consenting')
      expect(await page.locator('iframe').count()).toBe(1)
      // Asked for once: the first start was not sent.
      expect(callsOf('get_site')).toHaveLength(1)
    },
  )

  const pause = (page: Page) => page.evaluate(() => new Promise((end) => setTimeout(end, 300)))
  /** The page's calls, in one breath. */
  const say = (page: Page, ...words: ('start' | 'stop' | 'finish')[]) =>
    page.evaluate(async (words) => {
      for (const word of words) await (window as never as Guest).guest[word]()
    }, words)
  const since = (page: Page, status: string) =>
    page.evaluate((status) => {
      const { told } = window as never as Guest
      return told.slice(told.lastIndexOf(status))
    }, status)

  test.each(['stop', 'finish'] as const)(
    '%s() while the server is asked for the site: it neither asks nor computes, until a later start',
    async (how) => {
      const page = await open()
      const first = late('get_site')
      await say(page, 'start', how)
      await queue.until(() => callsOf('get_site').length === 1)
      first()
      await pause(page)
      expect((await stateOf(page)).status).toBe('idle')
      await say(page, 'start')
      await becomes(page, 'consenting')
      await agree(page, askingFrame(page))
      await becomes(page, 'waiting')
      await say(page, 'stop')
      await becomes(page, 'stopped')
      // From here on the yes stands.
      const second = late('get_site')
      await say(page, 'start', how)
      await queue.until(() => callsOf('get_site').length === 3)
      second()
      await pause(page)
      expect(await since(page, 'stopped')).toEqual(['stopped'])
      expect(callsOf('register_node')).toHaveLength(1)
      const third = late('get_site')
      await say(page, 'start', how, 'start')
      await queue.until(() => callsOf('get_site').length === 4)
      third()
      await becomes(page, 'waiting')
      expect(callsOf('register_node')).toHaveLength(2)
    },
  )

  test('finish() at the question takes it away; while bridge.js loads nothing begins', async () => {
    const page = await open()
    await say(page, 'start')
    await becomes(page, 'consenting')
    await say(page, 'finish')
    await becomes(page, 'idle')
    expect(await askingFrame(page).locator('.yes').count()).toBe(0)
    const loaded = Promise.withResolvers<void>()
    await context.route(`${sites.bridgeUrl}/bridge.js`, async (route) => {
      await loaded.promise
      await route.continue()
    })
    await say(page, 'start')
    await becomes(page, 'consenting')
    await agree(page, askingFrame(page))
    await becomes(page, 'starting')
    await say(page, 'finish')
    await becomes(page, 'stopped')
    loaded.resolve()
    await pause(page)
    expect((await stateOf(page)).status).toBe('stopped')
    expect(callsOf('register_node')).toEqual([])
  })

  test('a start while the job at hand is completed begins after it, unless a finish takes it back', async () => {
    const { page } = await atWork()
    await say(page, 'finish', 'start')
    await becomes(page, 'finishing')
    queue.heartbeat = { leaseExpiresAt: null, cancel: true }
    await becomes(page, 'waiting')
    expect([...new Set(await since(page, 'stopped'))]).toEqual(['stopped', 'starting', 'waiting'])
    queue.heartbeat = null
    queue.push({ program: 'endless', input: null, timeoutSeconds: 3600 })
    await becomes(page, 'working')
    await say(page, 'finish', 'start', 'finish')
    await becomes(page, 'finishing')
    queue.heartbeat = { leaseExpiresAt: null, cancel: true }
    await becomes(page, 'stopped')
    await pause(page)
    expect((await stateOf(page)).status).toBe('stopped')
    expect(callsOf('register_node')).toHaveLength(2)
  })

  test('an abort and a start in the same tick, as React’s strict mode has it: the second one works', async () => {
    const page = await open()
    const codes = await page.evaluate(() => {
      const { guest } = window as never as Guest
      const control = new AbortController()
      const code = (started: Promise<void>) => started.then(() => null).catch(({ code }) => code)
      const first = code(guest.start({ signal: control.signal }))
      control.abort()
      return Promise.all([first, code(guest.start())])
    })
    expect(codes).toEqual(['OB103', null])
    await becomes(page, 'consenting')
    expect(await page.locator('iframe').count()).toBe(1)
  })
})

describe('A9: a click that was not meant for the card, of a pointer that came over it', () => {
  type Held = Window & { news: (() => void)[] | null; time: number | undefined; hit: string | undefined }
  /** Takes the frame's clock in hand, and what the browser tells it of covers: that comes at the click, and no sooner. */
  const hold = (): void => {
    const here = window as never as Held
    const [now, Real] = [performance.now.bind(performance), IntersectionObserver]
    performance.now = () => here.time ?? now()
    here.news = null
    window.IntersectionObserver = class extends Real {
      constructor(hear: IntersectionObserverCallback, options?: IntersectionObserverInit) {
        super((...news) => {
          if (here.news === null) hear(...news)
          else here.news.push(() => hear(...news))
        }, options)
      }
    }
    const tell = (): void => {
      for (const news of here.news ?? []) news()
      here.news = null
    }
    addEventListener(
      'click',
      ({ target }) => {
        here.hit = (target as Element).className
        setTimeout(tell, 50)
      },
      true,
    )
  }
  const asked = async (): Promise<{ page: Page; frame: Frame }> => {
    await context.addInitScript(hold)
    const page = await open()
    await start(page)
    await becomes(page, 'consenting')
    const frame = askingFrame(page)
    await expect.poll(() => frame.locator('.yes').getAttribute('aria-disabled')).toBe('false')
    return { page, frame }
  }
  const pause = (page: Page, ms: number) => page.evaluate((ms) => new Promise((end) => setTimeout(end, ms)), ms)
  const stopTime = (frame: Frame) =>
    frame.evaluate(() => Object.assign(window, { time: performance.now() }) && undefined)
  /** The yes was clicked, and nothing came of it: no worker, and no window that would ask once more. */
  const nothing = async (page: Page, frame: Frame): Promise<void> => {
    expect(await frame.evaluate(() => (window as never as Held).hit)).toBe('yes')
    // Longer than a click is thought over.
    await pause(page, 600)
    expect(await stateOf(page)).toEqual({ status: 'consenting' })
    expect(callsOf('register_node')).toEqual([])
    expect(context.pages()).toHaveLength(1)
  }

  test.each(
    ['a lid that lets clicks through', 'opacity: 0.02 !important', 'filter: grayscale(1)'].slice(0, DEEP ? 3 : 1),
  )('hidden at the last moment, of which the browser tells after the click: %s', async (how) => {
    const { page, frame } = await asked()
    const place = await comeAcross(page, frame)
    await pause(page, 1100)
    await frame.evaluate(() => Object.assign(window, { news: [] }) && undefined)
    await page.evaluate(coverFrame, how)
    await expect.poll(() => frame.evaluate(() => (window as never as Held).news?.length)).toBeGreaterThan(0)
    await page.mouse.click(...place)
    await nothing(page, frame)
  })

  test('moved less than a second ago', async () => {
    const { page, frame } = await asked()
    await comeAcross(page, frame)
    await pause(page, 1100)
    await stopTime(frame)
    await page.evaluate(moveFrame, { dx: -60, dy: -40 })
    await page.mouse.click(...(await comeAcross(page, frame)))
    await nothing(page, frame)
  })

  test('reached in a moment', async () => {
    const { page, frame } = await asked()
    await stopTime(frame)
    await page.mouse.click(...(await comeAcross(page, frame)))
    await nothing(page, frame)
  })

  test('left, and reached again right at its button: it is asked once more', async () => {
    const { page, frame } = await asked()
    const [x, y] = await comeAcross(page, frame)
    // A page could cut the frame to this button meanwhile, and lay a bait below it. A driven Chromium does not tell a frame
    // that the pointer left it, so that is said by hand.
    await frame.evaluate(() => void document.documentElement.dispatchEvent(new PointerEvent('pointerleave')))
    await page.mouse.move(x + 1, y)
    await pause(page, 1100)
    const opened = context.waitForEvent('page')
    await page.mouse.click(x + 2, y)
    const asking = await opened
    await asking.waitForLoadState()
    expect(new URL(asking.url()).pathname).toBe('/consent.html')
    expect(await frame.evaluate(() => (window as never as Held).hit)).toBe('yes')
    await pause(page, 600)
    expect(callsOf('register_node')).toEqual([])
  })
})

describe('A9: a worker that nobody can see rests', () => {
  beforeEach(() => {
    // A fifth of the five seconds tells as much.
    const before = [...sites.files]
    for (const [path, text] of before) sites.files.set(path, text.replace(/=5e3,(?=[\w$]+=6,)/, '=1e3,'))
    expect(before.filter(([path, text]) => sites.files.get(path) !== text)).toHaveLength(1)
  })

  const covered = { status: 'paused', reason: 'covered' }
  const rests = (page: Page) => expect.poll(() => stateOf(page), { interval: 20 }).toEqual(covered)
  const style = (page: Page, text: string) =>
    page.evaluate((text) => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(text && `iframe { ${text} }`)
      document.adoptedStyleSheets = [sheet]
    }, text)
  const lid = (page: Page, on: boolean) =>
    page.evaluate((on) => {
      document.getElementById('lid')?.remove()
      if (!on) return
      const lid = Object.assign(document.createElement('div'), { id: 'lid' })
      lid.style.cssText = 'position:fixed;inset:0;background:#fff;pointer-events:none;z-index:2147483647'
      document.body.append(lid)
    }, on)

  test('however it is hidden, and goes on when it is seen again', async () => {
    const { page, frame } = await atWork()
    const ways = [
      'display: none !important',
      'visibility: hidden',
      'width: 4px !important; height: 4px !important',
      'height: 30px !important',
      'bottom: -60px !important',
      'opacity: 0.02 !important',
    ]
    for (const way of ways) {
      await style(page, way)
      await expect.poll(() => stateOf(page), { interval: 20, message: way }).toEqual(covered)
      await style(page, '')
      await becomes(page, 'working')
    }
    expect(await frame.locator('.line').textContent()).toMatch(/of a core$/)
  })

  test('also where a click was lured to its details, and they are hidden in its place', async () => {
    const { page, frame } = await atWork()
    const details = await frame.locator('.about').boundingBox()
    if (details === null) throw new Error('no badge')
    await lid(page, true)
    await page.mouse.click(details.x + 20, details.y + 20)
    await frame.locator('.panel').waitFor()
    await rests(page)
    // The way back, from details to badge as well.
    await lid(page, false)
    await becomes(page, 'working')
    await lid(page, true)
    await rests(page)
    await frame.getByRole('button', { name: 'Close' }).click()
    await frame.locator('.badge').waitFor()
    expect(await stateOf(page)).toEqual(covered)
    await lid(page, false)
    await becomes(page, 'working')
  })

  test('also where it is moved about under the lid, and shown for moments', async () => {
    const { page } = await atWork()
    // The browser tells of each: half out of view, in view and covered, seen.
    await page.evaluate(() => {
      const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLElement
      const lid = document.createElement('div')
      lid.style.cssText = 'position:fixed;inset:0;background:#fff;z-index:2147483647'
      let n = 0
      setInterval(() => {
        n += 1
        frame.style.bottom = n % 2 ? '-40px' : '16px'
        if (n % 4 === 0) lid.remove()
        else document.body.append(lid)
      }, 300)
    })
    await rests(page)
  })

  test.runIf(DEEP)('also where the tab was not in front meanwhile: that time alone does not count', async () => {
    const { page, frame } = await atWork()
    const front = (state: 'visible' | 'hidden') =>
      frame.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await lid(page, true)
    await front('hidden')
    await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)))
    expect((await stateOf(page)).status).toBe('working')
    await front('visible')
    await rests(page)
  })

  test.runIf(DEEP)('and a tab that shows what another one does disturbs neither', async () => {
    const { page: first, frame } = await atWork()
    const second = await open()
    await start(second)
    await becomes(second, 'paused')
    const line = () => askingFrame(second).locator('.line').textContent()
    // Hidden there: the first one, which is seen, goes on.
    await lid(second, true)
    await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)))
    expect([(await stateOf(first)).status, await stateOf(second)]).toEqual([
      'working',
      { status: 'paused', reason: 'elsewhere' },
    ])
    await lid(second, false)
    // Hidden in the first: it rests, the second says so, and being seen itself ends nothing.
    await first.bringToFront()
    await lid(first, true)
    await rests(first)
    await expect.poll(line).toBe('Paused: badge is covered')
    await second.bringToFront()
    await lid(second, true)
    await lid(second, false)
    await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)))
    expect(await stateOf(first)).toEqual(covered)
    await first.bringToFront()
    await lid(first, false)
    await becomes(first, 'working')
    // Once it is the second's turn its own lid counts.
    await lid(second, true)
    await first.close()
    await rests(second)
    await lid(second, false)
    await becomes(second, 'waiting')
  })
})

describe('<oblivion-worker>', () => {
  const insert = (page: Page, attributes: Record<string, string>) =>
    page.evaluate((attributes) => {
      ;(window as never as Guest).sdk.defineOblivionWorker()
      const element = document.createElement('oblivion-worker')
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
      document.body.append(element)
    }, attributes)
  const set = (page: Page, name: string, value: string | null) =>
    page.evaluate(
      ([name, value]) => {
        const element = document.querySelector('oblivion-worker')
        if (value === null) element?.removeAttribute(name)
        else element?.setAttribute(name, value)
      },
      [name, value] as const,
    )
  const frames = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll('oblivion-worker > iframe')].map((frame) => frame.getAttribute('src')),
    )
  const srcOf = (key: string): string => `${sites.bridgeUrl}/embed.html#${key}`

  test('begins once it has both attributes, and anew with another of them', async () => {
    const page = await open()
    await insert(page, {})
    await set(page, 'bridge-url', sites.bridgeUrl)
    expect(await frames(page)).toEqual([])
    await set(page, 'site-key', KEY)
    expect(await frames(page)).toEqual([srcOf(KEY)])
    await set(page, 'site-key', KEY)
    expect(await frames(page)).toEqual([srcOf(KEY)])
    await set(page, 'site-key', 'obs_other')
    expect(await frames(page)).toEqual([srcOf('obs_other')])
    await set(page, 'bridge-url', null)
    expect(await frames(page)).toEqual([])
  })

  test('that stands in the document before it is known begins once', async () => {
    const page = await open()
    const made = await page.evaluate(
      ([key, url]) => {
        document.body.innerHTML = `<oblivion-worker site-key="${key}" bridge-url="${url}" cpu="0.2"></oblivion-worker>`
        const observer = new MutationObserver(() => {})
        observer.observe(document.body, { childList: true, subtree: true })
        ;(window as never as Guest).sdk.defineOblivionWorker()
        return observer.takeRecords().length
      },
      [KEY, sites.bridgeUrl],
    )
    expect(made).toBe(1)
    expect(await frames(page)).toEqual([srcOf(KEY)])
  })

  test('whose cpu is taken away has no cap of the page’s any more', async () => {
    const page = await open()
    await insert(page, { 'site-key': KEY, 'bridge-url': sites.bridgeUrl, cpu: '0.2' })
    const frame = await vi.waitUntil(() => page.frames().find((each) => each.url().includes('/embed.html')), 30_000)
    await frame.locator('.yes').waitFor()
    await agree(page, frame)
    await frame.getByText('Waiting for a job').waitFor()
    const most = async () => {
      await frame.locator('.about').click()
      const max = await frame.getByLabel('Most of one processor core').getAttribute('max')
      await frame.getByRole('button', { name: 'Close' }).click()
      return max
    }
    expect(await most()).toBe('20')
    await set(page, 'cpu', null)
    await expect.poll(most).toBe('50')
  })
})
