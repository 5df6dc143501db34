import { chromium, type Page } from 'playwright-core'
import { chromiumOptions, patiently } from '../../packages/programs/tests/chromium.ts'

/** A browser of one person's own, with one tab. */
export type Tab = {
  page: Page
  /** Ends the whole browser as a power cut would: nothing in it gets a chance to say goodbye. */
  kill(): Promise<void>
  close(): Promise<void>
}

/** Starts a real Chromium with an empty profile. */
export const openTab = async (url: string): Promise<Tab> => {
  const server = await chromium.launchServer(chromiumOptions)
  const browser = patiently(await chromium.connect(server.wsEndpoint()))
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, acceptDownloads: true })
  await page.goto(url)
  return {
    page,
    kill: () => server.kill(),
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}
