import { type Browser, chromium } from 'playwright-core'

/** Ends what hangs, in milliseconds. The 30 s of Playwright and Puppeteer run out where a machine is slow or busy. */
export const HANGS_AFTER = 90_000

/** Debian's Chromium, or the one that CHROMIUM_PATH names. */
export const chromiumOptions = {
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export const launchChromium = async (): Promise<Browser> => patiently(await chromium.launch(chromiumOptions))

/** What is waited for in this browser's pages, those to come too, may take as long as a slow machine needs. */
export const patiently = (browser: Browser): Browser => {
  for (const context of browser.contexts()) context.setDefaultTimeout(HANGS_AFTER)
  return browser.on('context', (context) => context.setDefaultTimeout(HANGS_AFTER))
}
