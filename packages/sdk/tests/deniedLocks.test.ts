import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPage } from './harness/openPage.ts'
import { startQueue } from './harness/startQueue.ts'
import { startSites } from './harness/startSites.ts'
import { untilTrue } from './harness/untilTrue.ts'

// Playwright's own launch switches storage partitioning off, and Chromium then denies locks and storage in frames of
// other sites: the very browser that a person has who forbids third-party storage.
test('where a browser denies locks and storage to the bridge, the worker computes all the same, and ends', async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  const queue = await startQueue()
  const sites = await startSites(queue.url, 'anon', { loop: 'export default () => { for (;;) {} }' })
  try {
    const page = await openPage(await browser.newContext(), sites, {
      supabaseUrl: queue.url,
      supabaseKey: 'anon',
      token: 't',
    })
    queue.push({
      input: { scene: 'room', width: 8, height: 8, x: 0, y: 0, tileWidth: 8, tileHeight: 8, samples: 1 },
    })
    await page.evaluate(() => window.worker.start())
    const denied = await page
      .frames()
      .find((frame) => frame.url().endsWith('/bridge.html'))
      ?.evaluate(() => navigator.locks.request('x', () => '').catch((error: Error) => error.name))
    expect(denied).toBe('SecurityError')
    expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'succeeded' })

    // An agent that is gone without a word is missed by its pulse.
    queue.push({ input: null, program: 'loop' })
    await untilTrue(page, () => 'job' in window.worker.state && window.worker.state.job?.chunkIndex === 1, null)
    const agent = page.workers().find((worker) => worker.url().endsWith('/agent.js'))
    await agent?.evaluate(() => void setTimeout(() => close()))
    expect(await queue.until(() => queue.reports[1])).toMatchObject({ outcome: 'released' })
    await page.evaluate(() => window.worker.stop())
  } finally {
    await browser.close()
    await sites.close()
    await queue.close()
  }
})
