import { readFile } from 'node:fs/promises'
import { HANGS_AFTER } from '../../../programs/tests/chromium.ts'
import { agree, askingFrame } from './agree.ts'
import { spawnChromium } from './spawnChromium.ts'
import { spawnFirefox } from './spawnFirefox.ts'
import type { BrowserOptions } from './startChromium.ts'

/** A page in a profile of its own, as far as both engines are driven alike. */
export interface TestPage {
  readonly evaluate: <A, R>(act: (argument: A) => R | Promise<R>, argument: A) => Promise<R>
  /** The text of an element in the frame whose address contains `part`; null while there is none. */
  readonly textIn: (part: string, selector: string) => Promise<string | null>
  /** A real click on an element in such a frame. */
  readonly clickIn: (part: string, selector: string) => Promise<void>
  /** What a function answers in such a frame. */
  readonly evaluateIn: <R>(part: string, act: () => R | Promise<R>) => Promise<R>
  /** Says yes to the worker's frame as a person does it; in Firefox that opens a window of ours, and the yes is said there. */
  readonly agree: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface TestBrowser {
  /** Of the browser's first process. */
  readonly pid: number
  readonly openPage: (url: string) => Promise<TestPage>
  /** The names that it has looked up, by its own log, once it is closed; needs `namesFile`. */
  readonly names: () => Promise<string[]>
  readonly close: () => Promise<void>
}

const namesIn = async (file: string | undefined, pattern: RegExp): Promise<string[]> =>
  [...(await readFile(file ?? '', 'utf8')).matchAll(pattern)].map(([, name = '']) => name)

const found = <T>(frame: T | undefined): T => {
  if (frame === undefined) throw new Error('no such frame')
  return frame
}

/** In its network log: of requests for an address, and of its own questions to a server. */
const chromiumNames = /"(?:qname":"|dns_query_types?":[^}]*?"host":"(?:\w+:\/\/)?)([^"/:]+)/g

/** The engines that the worker is tried in. */
export const testBrowsers: Readonly<Record<'Chromium' | 'Firefox', (o?: BrowserOptions) => Promise<TestBrowser>>> = {
  Chromium: async (options = {}) => {
    const { browser, pid, close } = await spawnChromium(options)
    return {
      pid,
      openPage: async (url) => {
        const context = await browser.newContext({ ...(options.locale ? { locale: options.locale } : {}) })
        const page = await context.newPage()
        await page.goto(url)
        const frame = (part: string) => page.frames().find((each) => each.url().includes(part))
        return {
          evaluate: (act, argument) => page.evaluate(act as never, argument),
          textIn: async (part, selector) => (await (await frame(part)?.$(selector))?.textContent()) ?? null,
          clickIn: async (part, selector) => frame(part)?.click(selector),
          evaluateIn: (part, act) => found(frame(part)).evaluate(act),
          agree: () => agree(page, askingFrame(page)),
          close: () => context.close(),
        }
      },
      names: () => namesIn(options.namesFile, chromiumNames),
      close,
    }
  },
  Firefox: async (options = {}) => {
    const { browser, pid, close } = await spawnFirefox(options)
    return {
      pid,
      openPage: async (url) => {
        const context = await browser.createBrowserContext()
        const page = await context.newPage()
        page.setDefaultTimeout(HANGS_AFTER)
        if (options.locale) await page.emulateLocale(options.locale)
        await page.goto(url)
        const frame = (part: string) => page.frames().find((each) => each.url().includes(part))
        return {
          evaluate: (act, argument) => page.evaluate(act as never, argument),
          textIn: async (part, selector) =>
            (await (await frame(part)?.$(selector))?.evaluate(({ textContent }) => textContent)) ?? null,
          clickIn: async (part, selector) => frame(part)?.click(selector),
          evaluateIn: (part, act) => found(frame(part)).evaluate(act),
          agree: async () => {
            const opened = context.waitForTarget((target) => target.url().includes('/consent.html'), {
              timeout: HANGS_AFTER,
            })
            await frame('/embed.html')?.click('.yes')
            const asking = await (await opened).page()
            asking?.setDefaultTimeout(HANGS_AFTER)
            const yes = await asking?.waitForSelector('.yes[aria-disabled=false]')
            // The click closes its window, which may be told before the click is.
            await yes?.click().catch(() => undefined)
          },
          close: () => context.close(),
        }
      },
      names: () => namesIn(`${options.namesFile}.moz_log`, /Resolving host \[([^\]]+)\]/g),
      close,
    }
  },
}
