import type { Browser } from 'playwright-core'
import { raytraceInputs, runProgram } from '@oblivion/programs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchChromium } from './harness/chromium.ts'
import { openPage } from './harness/openPage.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'

let browser: Browser
let queue: Queue
let sites: Sites
const server = () => ({ supabaseUrl: queue.url, supabaseKey: 'anon', token: 'session-token' })

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  queue = await startQueue()
  sites = await startSites(queue.url, 'anon')
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await sites.close()
  await queue.close()
})

const inputs = raytraceInputs({ width: 320, height: 180, tileWidth: 160, tileHeight: 90, samples: 4 })

test('a tab registers, computes tiles, reports them and stops', async () => {
  const errors: string[] = []
  const page = await openPage(await browser.newContext(), sites, server(), errors)
  queue.push(...inputs.map((input) => ({ input })))
  await page.evaluate(() => window.worker.start())
  await queue.until(() => queue.reports.length === 4)
  await page.evaluate(() => window.worker.stop())
  expect(queue.reports.map((done) => done.outcome)).toEqual(Array(4).fill('succeeded'))
  expect(queue.reports.map((done) => done.result)).toEqual(
    await Promise.all(inputs.map((input) => runProgram('raytrace', input))),
  )
  expect(errors).toEqual([])
  expect(await page.evaluate(() => ({ state: window.worker.state, frames: document.querySelectorAll('iframe').length }))).toEqual({
    state: { status: 'stopped' },
    frames: 0,
  })
}, 60_000)
