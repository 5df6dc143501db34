import puppeteer, { type Browser } from 'puppeteer-core'
import type { BrowserOptions } from './startChromium.ts'
import { startFirefox } from './startFirefox.ts'

export interface FirefoxProfile {
  readonly browser: Browser
  /** Of the browser's first process. */
  readonly pid: number
  readonly close: () => Promise<void>
}

/** A Firefox started by us (`startFirefox`) and driven by WebDriver BiDi, which Playwright does not speak to it. */
export const spawnFirefox = async (options: BrowserOptions = {}): Promise<FirefoxProfile> => {
  const { pid, address, close } = await startFirefox(options)
  const browser = await puppeteer.connect({
    browserWSEndpoint: address,
    protocol: 'webDriverBiDi',
    defaultViewport: null,
  })
  return {
    browser,
    pid,
    close: async () => {
      await browser.disconnect()
      await close()
    },
  }
}
