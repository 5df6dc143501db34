import type { BrowserContext, Page } from 'playwright-core'
import type { OblivionWorker, WorkerOptions } from '../../src/index.ts'
import type { Sites } from './startSites.ts'

declare global {
  interface Window {
    sdk: typeof import('../../src/index.ts')
    worker: OblivionWorker
    /** Everything that the worker told, in order. */
    told: { readonly name: string; readonly event: unknown }[]
  }
}

type Limits = WorkerOptions['limits']
interface Server {
  readonly supabaseUrl: string
  readonly supabaseKey: string
  readonly token: string
}

/** What makes a worker in a page of the sites; it writes down what it tells. To be evaluated there. */
export const makeWorker = ({
  bridgeUrl,
  token,
  ...server
}: Server & { readonly bridgeUrl: string; readonly limits: Limits }): void => {
  window.worker = window.sdk.createWorker({ ...server, bridgeUrl, session: async () => token } as WorkerOptions)
  window.told = []
  for (const name of ['state', 'progress', 'job', 'share', 'error'] as const) {
    window.worker.on(name, (event) => window.told.push({ name, event }))
  }
}

/** A page with a worker; its errors fail the test that owns the list. */
export const openPage = async (
  context: BrowserContext,
  sites: Sites,
  server: Server,
  errors: string[] = [],
  limits: Limits = { cpu: 1, when: [] },
): Promise<Page> => {
  const page = await context.newPage()
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(sites.pageUrl)
  await page.evaluate(makeWorker, { bridgeUrl: sites.bridgeUrl, ...server, limits })
  return page
}
