import { startTestStack } from '@oblivion/stack/testing'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { launchChromium } from '../../../packages/programs/tests/chromium.ts'

export type Dapp = {
  url: string
  rpcUrl: string
  chainId: number
  apiUrl: string
  supabaseUrl: string
  anonKey: string
  browser: Browser
  /**
   * A page of a browser profile of its own, with what it said on its console that it should not have. It ends with its
   * test at the latest: a worker that a failed test left on would take the next one's jobs.
   */
  visit: (
    path: string,
    options?: BrowserContextOptions & { prepare?: (page: Page) => Promise<unknown> },
  ) => Promise<Visit>
  /** Has the owner of this wallet proved itself. */
  establish: (address: string) => Promise<void>
  /** Stops a site as an operator does. */
  suspendSite: (siteKey: string, reason: string) => Promise<void>
  stop: () => Promise<void>
}

export type Visit = { page: Page; problems: string[]; close: () => Promise<void> }

/** The dApp as `start` serves it, policy and all, over a whole stack of its own, in a real Chromium. */
export async function startDapp(environment: Record<string, string> = {}): Promise<Dapp> {
  const stack = await startTestStack({ environment: { WALLET_SANDBOX_ENABLED: 'true', ...environment } })
  const browser = await launchChromium()
  const url = stack.dev.dappUrl
  return {
    url,
    rpcUrl: stack.dev.rpcUrl,
    chainId: stack.dev.chainId,
    apiUrl: stack.dev.apiUrl,
    supabaseUrl: stack.dev.supabaseUrl,
    anonKey: stack.dev.anonKey,
    browser,
    establish: stack.establish,
    suspendSite: stack.suspendSite,
    async visit(path, { prepare, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      onTestFinished(() => context.close())
      const page = await context.newPage()
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text())
      })
      await prepare?.(page)
      await page.goto(`${url}${path}`)
      return { page, problems, close: () => context.close() }
    },
    async stop() {
      await browser.close()
      await stack.stop()
    },
  }
}

/** Connects the wallet whose announced name holds `name`, and signs in where the page asks for it. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor({ state: 'detached' })
}
