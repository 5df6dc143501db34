import { createHash } from 'node:crypto'
import { createRandom, exactMath } from '@oblivion/programs'
import { bundleNamedPrograms } from '@oblivion/programs/build'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPage } from './harness/openPage.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { type Queue, type QueuedJob, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'
import { makeWasm } from './harness/wasmPrograms.ts'

// Customers' own programs, in the real sandbox of a real browser.

let profile: Profile
let context: BrowserContext
let queue: Queue
let sites: Sites
let page: Page
let wasm: Awaited<ReturnType<typeof makeWasm>>

beforeAll(async () => {
  wasm = await makeWasm()
  profile = await spawnChromium()
})
afterAll(() => profile.close())
beforeEach(async () => {
  queue = await startQueue()
  sites = await startSites(queue.url, 'anon')
  context = await profile.browser.newContext()
  page = await openPage(context, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 't' }, [], {
    cpu: 1,
    when: [],
    strangersPrograms: true,
  })
  await page.evaluate(() => window.worker.start())
})
afterEach(async () => {
  await page.evaluate(() => window.worker.stop())
  await context.close()
  await sites.close()
  await queue.close()
})

const compute = async (job: QueuedJob) => {
  const before = queue.reports.length
  queue.push(job)
  return queue.until(() => queue.reports[before])
}
const js = (source: string, input: unknown = null) => compute({ program: { kind: 'js', source }, input })

describe('js', () => {
  test('is fetched once by its hash, and computes', async () => {
    const source = 'export default ({ n }) => ({ square: n * n })'
    expect(await js(source, { n: 7 })).toMatchObject({ outcome: 'succeeded', result: { square: 49 } })
    expect(await js(source, { n: 8 })).toMatchObject({ result: { square: 64 } })
    const asked = queue.calls.filter(({ name }) => name === 'get_program')
    expect(asked.map(({ args }) => args.p_hash)).toEqual([createHash('sha256').update(source).digest('hex')])
    expect(asked[0]?.headers['x-node-key']).toBe('secret-1')
  })

  test('SW-25: a program of ours that the engine keeps by name computes here as any other', async () => {
    const { video_generation, image_processing } = await bundleNamedPrograms()
    const { result, outcome } = await js(video_generation.source, { title: 'Ein Größtes', mediaType: 'video' })
    expect({ outcome, result }).toMatchObject({ outcome: 'succeeded', result: { frames: 4, width: 256 } })
    const poster = { metadata: { image_url: result.video_url } }
    expect(await js(image_processing.source, poster)).toMatchObject({
      ...{ outcome: 'succeeded', result: { image_url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) } },
    })
  })

  test('has the Math that every node has, to the bit, and no other', async () => {
    const points = [0.1, -0.75, 1e-9, 3.7, 12_345.678]
    const { result } = await js(
      `export default (points) => ({
        names: Object.getOwnPropertyNames(Math).sort(),
        values: Object.fromEntries(Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name] === 'function' && name !== 'random')
          .map((name) => [name, points.map((x) => String(Math[name](x, 2)))])),
      })`,
      points,
    )
    for (const [name, own] of Object.entries(exactMath)) {
      const wanted = points.map((x) => String((own as (x: number, y: number) => number)(x, 2)))
      expect([name, result.values[name]]).toEqual([name, wanted])
    }
    expect(result.names).not.toContain('sumPrecise')
    expect(result.names.length).toBe(8 + 14 + Object.keys(exactMath).length)
  })

  test('draws the same random numbers wherever its chunk is computed', async () => {
    const source = 'export default (_, { random }) => [random(), Math.random(), random()]'
    const { result } = await js(source)
    const seed = createHash('sha256').update('00000000-0000-4000-8000-0000000000aa/0').digest('hex')
    const random = createRandom(seed)
    expect(result).toEqual([random(), random(), random()])
    expect((await js(source)).result).not.toEqual(result)
  })

  test('tells nothing of where it runs: no stack, clock, locale or machine', async () => {
    const { result } = await js(`export default () => {
      let caught
      try { null.x } catch (error) { caught = error.stack }
      return [caught ?? null, new Error('x').stack ?? null, typeof Date, typeof Intl, typeof navigator, typeof performance,
        typeof WebAssembly, typeof setTimeout, typeof Error.captureStackTrace === 'function' ? (() => { const o = {}; Error.captureStackTrace(o); return o.stack ?? null })() : null]
    }`)
    expect(result).toEqual([null, null, ...Array(6).fill('undefined'), null])
  })

  test('is refused where its bytes are not those of its hash', async () => {
    await page.context().route('**/rpc/get_program', (route) =>
      route.fulfill({
        status: 200,
        headers: { 'access-control-allow-origin': '*' },
        json: { kind: 'js', source: Buffer.from('export default () => "other"').toString('base64') },
      }),
    )
    expect(await js('export default () => "mine"')).toMatchObject({ outcome: 'released' })
  })
})

test('A8: it does not run where the owner has not chosen it, whatever the server says', async () => {
  await page.evaluate(async () => {
    await window.worker.stop()
    window.worker.setLimits({ strangersPrograms: false })
    await window.worker.start()
  })
  expect(await js('export default () => 1')).toMatchObject({ outcome: 'released' })
  const registered = queue.calls.filter(({ name }) => name === 'register_node').map(({ args }) => args.p_capabilities)
  expect(registered).toEqual([{ strangersPrograms: true }, {}])
})

describe('wasm', () => {
  const run = (name: keyof typeof wasm, input: unknown, maxMemoryMiB = 4) =>
    compute({ program: { kind: 'wasm', source: wasm[name], maxMemoryMiB }, input })

  test('takes JSON and gives JSON, with its memory imported or its own', async () => {
    const input = { text: 'Grüße, 世界', list: [1, 2.5, null] }
    expect(await run('echo', input)).toMatchObject({ outcome: 'succeeded', result: input })
    expect(await run('ownMemory', input)).toMatchObject({ outcome: 'succeeded', result: input })
  })

  test('cannot grow beyond its limit: 4 MiB are 64 pages', async () => {
    expect(await run('greedy', 0)).toMatchObject({ outcome: 'succeeded', result: 63 })
  })

  test.each([
    ['unbounded', 'not bounded by 4 MiB'],
    ['tooLarge', 'not bounded by 4 MiB'],
    ['network', 'import'],
  ] as const)('that is %s has failed', async (name, error) => {
    expect(await run(name, 0)).toMatchObject({ outcome: 'failed', error: expect.stringContaining(error) })
  })
})
