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

/** A page with a worker that writes down what it tells; its errors fail the test that owns the list. */
export const openPage = async (
  context: BrowserContext,
  sites: Sites,
  server: { readonly supabaseUrl: string; readonly supabaseKey: string; readonly token: string },
  errors: string[] = [],
  limits: WorkerOptions['limits'] = { cpu: 1, when: [] },
): Promise<Page> => {
  const page = await context.newPage()
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(sites.pageUrl)
  await page.evaluate(
    ({ bridgeUrl, supabaseUrl, supabaseKey, token, limits }) => {
      const options: WorkerOptions = { supabaseUrl, supabaseKey, bridgeUrl, session: async () => token, limits }
      window.worker = window.sdk.createWorker(options)
      window.told = []
      for (const name of ['state', 'progress', 'job', 'share', 'error'] as const) {
        window.worker.on(name, (event) => window.told.push({ name, event }))
      }
    },
    { bridgeUrl: sites.bridgeUrl, ...server, limits },
  )
  return page
}
