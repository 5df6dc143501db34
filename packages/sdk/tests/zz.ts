import { launchChromium } from './harness/chromium.ts'
import { openPage } from './harness/openPage.ts'
import { startQueue } from './harness/startQueue.ts'
import { startSites } from './harness/startSites.ts'
import { raytraceInputs } from '@oblivion/programs'
const browser = await launchChromium()
const queue = await startQueue()
const sites = await startSites(queue.url, 'anon')
const errors: string[] = []
const ctx = await browser.newContext()
ctx.on('console', (m) => console.log('console', m.type(), m.text(), m.location().url))
ctx.on('weberror', (e) => console.log('weberror', e.error()))
ctx.on('requestfailed', (r) => console.log('failed', r.url(), r.failure()?.errorText))
ctx.on('response', (r) => console.log(r.status(), r.url()))
const page = await openPage(ctx, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' }, errors)
queue.push(...raytraceInputs({ width: 320, height: 180, tileWidth: 160, tileHeight: 90, samples: 4 }).map((input) => ({ input })))
const r = page.evaluate(() => window.worker.start()).catch((e) => console.log('start', String(e)))
await new Promise((r) => setTimeout(r, 6000))
console.log(JSON.stringify(await page.evaluate(() => window.told)).slice(0, 3000))
console.log(page.frames().map((f) => f.url()), page.workers().map((w) => w.url()))
console.log(queue.calls.map((c) => c.name), queue.reports.map((d) => [d.outcome, d.error, d.resultHash]))
await browser.close(); await sites.close(); await queue.close()
