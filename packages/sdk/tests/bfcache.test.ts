import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage } from './harness/openPage.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { startQueue } from './harness/startQueue.ts'
import { startSites } from './harness/startSites.ts'

let profile: Profile
beforeAll(async () => {
  profile = await spawnChromium()
})
afterAll(() => profile.close())

test('a tab that goes away releases its job; back from the cache, it registers anew and works on', async () => {
  const queue = await startQueue()
  const sites = await startSites(queue.url, 'anon', { loop: 'export default () => { for (;;) {} }' })
  try {
    const page = await openPage(profile.context, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' })
    queue.push({ program: 'loop', input: null })
    await page.evaluate(() => window.worker.start())
    await page.waitForFunction(() => window.worker.state.status === 'working')
    await page.goto(`${sites.pageUrl}/away.html`)
    expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'released' })
    await page.goBack()
    const cached = await page.evaluate(() => 'worker' in window)
    console.log(JSON.stringify(await page.evaluate(() => (performance.getEntriesByType('navigation')[0] as any).notRestoredReasons), null, 1))
    console.log('from the cache:', cached)
    if (cached) {
      queue.push({
        program: 'raytrace',
        input: { scene: 'room', width: 8, height: 8, x: 0, y: 0, tileWidth: 8, tileHeight: 8, samples: 1 },
      })
      expect(await queue.until(() => queue.reports[1])).toMatchObject({ outcome: 'succeeded' })
      await page.evaluate(() => window.worker.stop())
    }
    expect(cached).toBe(true)
  } finally {
    await sites.close()
    await queue.close()
  }
}, 60_000)
