import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { HANGS_AFTER, patiently } from '../../../programs/tests/chromium.ts'
import { type BrowserOptions, startChromium } from './startChromium.ts'

export interface Profile {
  /** The profile's own context: a person's browser, with partitioned storage and locks as people have them. */
  readonly context: BrowserContext
  readonly browser: Browser
  /** Of the browser's first process. */
  readonly pid: number
  readonly close: () => Promise<void>
}

/**
 * A Chromium started by us and not by the test runner, which would switch off storage partitioning (and with it locks in a
 * third-party frame), the back/forward cache and background throttling.
 */
export const spawnChromium = async (options: BrowserOptions = {}): Promise<Profile> => {
  const { pid, address, close } = await startChromium(options)
  const browser = patiently(await chromium.connectOverCDP(address, { timeout: HANGS_AFTER }))
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('Chromium has no context')
  return {
    context,
    browser,
    pid,
    close: async () => {
      await browser.close()
      await close()
    },
  }
}
