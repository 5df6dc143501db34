import { raytraceInputs, runProgram } from '@oblivion/programs'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openPage } from './harness/openPage.ts'
import { promised } from './harness/promised.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'
import { type Sites, startSites } from './harness/startSites.ts'
import { untilTrue } from './harness/untilTrue.ts'

const programs = {
  loop: 'export default () => { for (;;) {} }',
  stuck: 'export default (_, { progress }) => { progress(0.5); for (;;) {} }',
  burst:
    'export default (input, { progress }) => { for (let i = 0; i <= 300_000; i++) progress(i / 300_000); return "done" }',
  throws: 'export default () => { throw new TypeError("no such scene") }',
  returnsNothing: 'export default () => {}',
  huge: 'export default () => "x".repeat(100_000_000)',
  breaks: 'export default (',
  // Takes about a second, in steps.
  slow: `export default (_, { progress }) => {
    let x = 0
    for (let i = 0; i < 100; i++) { for (let k = 0; k < 4_000_000; k++) x = (x + k) % 7; progress(i / 100) }
    return x
  }`,
}

let profile: Profile
let context: BrowserContext
let queue: Queue
let sites: Sites
let errors: string[]

const open = (): Promise<Page> =>
  openPage(context, sites, { supabaseUrl: queue.url, supabaseKey: 'anon', token: 'session-token' }, errors)
const start = async (): Promise<Page> => {
  const page = await open()
  await page.evaluate(() => window.worker.start())
  return page
}
const tileInputs = raytraceInputs({ width: 320, height: 180, tileWidth: 160, tileHeight: 90, samples: 4 })
const told = (page: Page) => page.evaluate(() => window.told)
const frames = (page: Page) => page.evaluate(() => document.querySelectorAll('iframe').length)
const status = (page: Page) => page.evaluate(() => window.worker.state.status)
const untilStatus = (page: Page, wanted: string) =>
  untilTrue(page, (wanted) => window.worker.state.status === wanted, wanted)

beforeAll(async () => {
  profile = await spawnChromium()
})
afterAll(() => profile.close())
beforeEach(async () => {
  queue = await startQueue()
  sites = await startSites(queue.url, 'anon', programs)
  context = await profile.browser.newContext()
  errors = []
})
afterEach(async () => {
  await context.close()
  await sites.close()
  await queue.close()
  expect(errors).toEqual([])
})

describe('a tab', () => {
  test('registers, computes tiles with the bytes that Node computes, reports them, and leaves nothing behind', async () => {
    const page = await open()
    const before = await page.evaluate(() => Object.keys(window).length)
    expect(queue.calls).toEqual([])
    await page.evaluate(() => window.worker.start())
    queue.push(...tileInputs.map((input) => ({ input })))
    await queue.until(() => queue.reports.length === 4)
    await page.evaluate(() => window.worker.stop())
    expect(queue.reports.map(({ outcome }) => outcome)).toEqual(Array(4).fill('succeeded'))
    expect(queue.reports.map(({ result }) => result)).toEqual(
      await Promise.all(tileInputs.map((input) => runProgram('raytrace', input))),
    )
    expect(await frames(page)).toBe(0)
    expect(await page.evaluate(() => Object.keys(window).length)).toBe(before)
    expect(await status(page)).toBe('stopped')
    const names = (await told(page)).map(({ name }) => name)
    expect(names.filter((name) => name === 'job')).toHaveLength(4)
  })

  test('shows the session to register_node only, and its node key to everything else', async () => {
    queue.push({ input: tileInputs[0] })
    const page = await start()
    await queue.until(() => queue.reports.length === 1)
    await page.evaluate(() => window.worker.stop())
    for (const { name, headers } of queue.calls) {
      const own = name === 'register_node'
      expect([name, headers.authorization]).toEqual([name, own ? 'Bearer session-token' : 'Bearer anon'])
      expect([name, headers['x-node-key']]).toEqual([name, own ? undefined : 'secret-1'])
      expect([name, headers.origin]).toEqual([name, own ? sites.pageUrl : sites.bridgeUrl])
      expect([name, headers.referer]).toEqual([name, undefined])
    }
  })

  test('beats with progress while it computes, and tells progress as it goes', async () => {
    queue.push({ input: null, program: 'slow' }, { input: null, program: 'slow' })
    const page = await start()
    const { args } = await queue.until(() => queue.calls.find(({ name }) => name === 'heartbeat'))
    expect(args.p_progress).toBeGreaterThan(0)
    await page.evaluate(() => window.worker.finish())
    const shares = (await told(page)).flatMap(({ name, event }) =>
      name === 'progress' ? [event as { fraction: number; chunkIndex: number; title: string }] : [],
    )
    expect(shares.length).toBeGreaterThan(1)
    expect(shares[0]).toMatchObject({ title: 'A room', chunkIndex: 0, chunkCount: 64 })
  })

  test('finishes: the job at hand is completed, no other is taken', async () => {
    queue.push({ input: null, program: 'slow' }, { input: null, program: 'slow' })
    const page = await start()
    await untilStatus(page, 'working')
    await page.evaluate(() => window.worker.finish())
    expect(queue.reports.map(({ outcome }) => outcome)).toEqual(['succeeded'])
    expect(await status(page)).toBe('stopped')
    const states = (await told(page)).flatMap(({ name, event }) =>
      name === 'state' ? [(event as { status: string }).status] : [],
    )
    expect([...new Set(states)]).toEqual(['starting', 'waiting', 'working', 'finishing', 'stopped'])
  })

  test('starts again after a stop, also on its heels', async () => {
    const page = await start()
    await page.evaluate(async () => {
      const stopped = window.worker.stop()
      await window.worker.start()
      await stopped
    })
    queue.push({ input: tileInputs[0] })
    await queue.until(() => queue.reports.length === 1)
    expect(queue.calls.filter(({ name }) => name === 'register_node')).toHaveLength(2)
    await page.evaluate(() => window.worker.stop())
  })

  test('stopped while a start waits for an earlier stop: the last word counts, and nothing begins', async () => {
    const page = await start()
    const code = await page.evaluate(async () => {
      const { worker } = window
      const before = worker.stop()
      const started = worker.start().catch((error) => error.code)
      await Promise.all([before, worker.stop()])
      return started
    })
    expect(code).toBe('OB103')
    expect([await status(page), await frames(page)]).toEqual(['stopped', 0])
    expect(queue.calls.filter(({ name }) => name === 'register_node')).toHaveLength(1)
  })

  test('that finishes a long job is not waited for by a start that is aborted', async () => {
    queue.push({ input: null, program: 'loop' })
    const page = await start()
    await untilStatus(page, 'working')
    const code = await page.evaluate(() => {
      void window.worker.finish()
      const control = new AbortController()
      const started = window.worker.start({ signal: control.signal }).catch((error) => error.code)
      control.abort()
      return started
    })
    expect(code).toBe('OB103')
    expect(await status(page)).toBe('finishing')
    await page.evaluate(() => window.worker.stop())
    expect(queue.calls.filter(({ name }) => name === 'register_node')).toHaveLength(1)
  })

  test('is the same node each time', async () => {
    const page = await start()
    await page.evaluate(() => window.worker.stop())
    await page.evaluate(() => window.worker.start())
    await page.evaluate(() => window.worker.stop())
    const ids = queue.calls.flatMap(({ name, args }) => (name === 'register_node' ? [args.p_hardware_id] : []))
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  test('FJ-19: that is closed gives its job back by itself, and asks for nothing more', async () => {
    queue.push({ input: null, program: 'loop' })
    const page = await start()
    await untilStatus(page, 'working')
    await page.close({ runBeforeUnload: false })
    expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'released' })
    expect(queue.calls.at(-1)?.args.p_claim).toBe(false)
  })
})

describe('a program', () => {
  test('that loops for ever is ended by stop(), and its job is given back', async () => {
    queue.push({ input: null, program: 'loop' })
    const page = await start()
    await untilStatus(page, 'working')
    const took = await page.evaluate(async () => {
      const from = performance.now()
      await window.worker.stop()
      return performance.now() - from
    })
    expect(took).toBeLessThan(promised(1000, 10_000))
    expect(queue.reports).toMatchObject([{ outcome: 'released' }])
    expect(await frames(page)).toBe(0)
  })

  test('that loops for ever is ended by its time limit', async () => {
    queue.push({ input: null, program: 'loop', timeoutSeconds: 1 }, { input: tileInputs[0] })
    const page = await start()
    await queue.until(() => queue.reports.length === 2)
    expect(queue.reports).toMatchObject([{ outcome: 'failed' }, { outcome: 'succeeded' }])
    await page.evaluate(() => window.worker.stop())
  })

  test('that the server cancels is ended and not reported', async () => {
    queue.push({ input: null, program: 'loop' })
    const page = await start()
    await untilStatus(page, 'working')
    queue.heartbeat = { leaseExpiresAt: null, cancel: true }
    await untilStatus(page, 'waiting')
    expect(queue.reports).toEqual([])
    await page.evaluate(() => window.worker.stop())
  })

  test.each([
    ['throws', 'no such scene'],
    ['returnsNothing', 'The program returned no JSON value.'],
    ['breaks', 'OB205'],
    ['huge', 'OB011'],
    ['unknownHere', 'OB207'],
  ])('that %s has failed, and the next job runs', async (program, error) => {
    queue.push({ input: null, program }, { input: tileInputs[0] })
    const page = await start()
    await queue.until(() => queue.reports.length === 2)
    expect(queue.reports[0]).toMatchObject({ outcome: 'failed', error: expect.stringContaining(error) })
    expect(queue.reports[1]).toMatchObject({ outcome: 'succeeded' })
    await page.evaluate(() => window.worker.stop())
  })

  test('that floods with progress reaches the page in a few merged events', async () => {
    queue.push({ input: null, program: 'burst' })
    const page = await start()
    await queue.until(() => queue.reports.length === 1)
    const shares = (await told(page)).filter(({ name }) => name === 'progress')
    expect(queue.reports[0]).toMatchObject({ outcome: 'succeeded', result: 'done' })
    expect(shares.length).toBeLessThan(40)
    await page.evaluate(() => window.worker.stop())
  })
})

describe('the network', () => {
  test('may lose the answer to a report: it is sent again, the same', async () => {
    queue.push({ input: tileInputs[0] })
    const page = await open()
    const cycles = () => queue.calls.filter(({ name }) => name === 'work_cycle')
    const started = page.evaluate(() => window.worker.start())
    // In the moment in which the job is given out: the next call reports it.
    await queue.until(() => cycles().length > 0)
    queue.lose.set('work_cycle', 2)
    await started
    await queue.until(() => cycles().filter(({ args }) => args.p_done).length === 3)
    const sent = cycles().filter(({ args }) => args.p_done)
    expect(new Set(sent.map(({ args }) => JSON.stringify(args.p_done))).size).toBe(1)
    expect(queue.reports).toHaveLength(1)
    errors.length = 0
    await page.evaluate(() => window.worker.stop())
  })

  test('may be away when a file of the agent’s is needed: the job is given back, and the next is computed', async () => {
    const file = sites.files.get('stored.js') ?? ''
    const stored = { input: null, more: { inputUrl: `oblivion-inputs/0x1/${'a'.repeat(64)}` } }
    sites.files.delete('stored.js')
    queue.push(stored)
    const page = await start()
    expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'released' })
    sites.files.set('stored.js', file)
    queue.push(stored)
    // Of the queue's Storage, which has nothing.
    const reason = { outcome: 'failed', error: 'OB205: Its stored input is not there.' }
    expect(await queue.until(() => queue.reports[1])).toMatchObject(reason)
    errors.length = 0
    await page.evaluate(() => window.worker.stop())
  })
})

describe('what dies', () => {
  test('an agent that crashes gives its job back and is started anew', async () => {
    queue.push({ input: null, program: 'loop' })
    const page = await start()
    await untilStatus(page, 'working')
    const agent = page.workers().find((worker) => worker.url().endsWith('/agent.js'))
    await agent?.evaluate(() => {
      setTimeout(() => {
        throw new Error('crash')
      })
    })
    expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'released' })
    queue.push({ input: tileInputs[0] })
    expect(await queue.until(() => queue.reports[1])).toMatchObject({ outcome: 'succeeded' })
    expect(queue.calls.filter(({ name }) => name === 'register_node')).toHaveLength(1)
    await page.evaluate(() => window.worker.stop())
  })

  test('an agent that is started anew has the latest key of its node', async () => {
    const page = await start()
    await queue.until(() => queue.calls.some(({ name }) => name === 'work_cycle'))
    const agent = page.workers().find((worker) => worker.url().endsWith('/agent.js'))
    // A new key is asked for once a minute at most.
    await agent?.evaluate(() => {
      const now = Date.now
      Date.now = () => now() + 120_000
    })
    queue.refuseKey = true
    const keyOf = () => queue.calls.findLast(({ name }) => name === 'work_cycle')?.headers['x-node-key']
    await queue.until(() => keyOf() === 'secret-2')
    await agent?.evaluate(() => void setTimeout(() => close()))
    const polls = queue.calls.length
    await expect
      .poll(() => page.workers().filter((worker) => worker.url().endsWith('/agent.js') && worker !== agent).length)
      .toBe(1)
    queue.push({ input: tileInputs[0] })
    expect(await queue.until(() => queue.reports[0])).toMatchObject({ outcome: 'succeeded' })
    expect(new Set(queue.calls.slice(polls).map(({ headers }) => headers['x-node-key']))).toEqual(new Set(['secret-2']))
    // Chromium's own line about the refused call.
    errors.length = 0
    await page.evaluate(() => window.worker.stop())
  })

  test('an agent that crashes again and again ends the worker: OB201', async () => {
    const page = await start()
    for (let deaths = 0; deaths < 4; deaths++) {
      const polls = queue.calls.length
      await queue.until(() => queue.calls.length > polls)
      const agent = page.workers().findLast((worker) => worker.url().endsWith('/agent.js'))
      await agent?.evaluate(() => void setTimeout(() => close()))
    }
    await untilStatus(page, 'failed')
    expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'failed', code: 'OB201' })
    expect(await frames(page)).toBe(0)
  })

  test('a sandbox whose process dies is noticed; the job has failed, and the next runs in a new one', async () => {
    queue.push({ input: null, program: 'stuck' })
    const page = await start()
    await untilTrue(page, () => window.told.some(({ name }) => name === 'progress'), null)
    const sandbox = await vi.waitUntil(
      () => page.frames().find((frame) => frame.url().endsWith('/sandbox.html')),
      30_000,
    )
    const session = await context.newCDPSession(sandbox)
    void session.send('Page.crash').catch(() => {})
    expect(await queue.until(() => queue.reports[0])).toMatchObject({
      outcome: 'failed',
      error: 'OB209',
      reason: 'sandbox_died',
    })
    queue.push({ input: tileInputs[0] })
    expect(await queue.until(() => queue.reports[1])).toMatchObject({ outcome: 'succeeded' })
    // The runner takes a dead frame for a dead page, so this one is not asked for anything more.
  })
})

describe('one browser', () => {
  test('has one worker: a second tab rests and takes over when the first is closed', async () => {
    queue.push({ input: null, program: 'loop' })
    const first = await start()
    await untilStatus(first, 'working')
    const second = await start()
    await untilStatus(second, 'paused')
    expect(await second.evaluate(() => window.worker.state)).toMatchObject({ status: 'paused', reason: 'elsewhere' })
    expect(queue.calls.filter(({ name }) => name === 'register_node')).toHaveLength(1)
    await first.close()
    const from = performance.now()
    await untilStatus(second, 'waiting')
    // Within a second on a machine with time; ten times that is a hang.
    expect(performance.now() - from).toBeLessThan(10_000)
    queue.push({ input: tileInputs[0] })
    await queue.until(() => queue.reports.some(({ outcome }) => outcome === 'succeeded'))
    expect(queue.reports[0]).toMatchObject({ outcome: 'released' })
    expect(queue.calls.filter(({ name }) => name === 'register_node')).toHaveLength(2)
    await second.evaluate(() => window.worker.stop())
  })

  test('a resting tab can be stopped', async () => {
    const first = await start()
    const second = await start()
    await second.evaluate(() => window.worker.stop())
    expect(await status(second)).toBe('stopped')
    expect(await status(first)).toBe('waiting')
    await first.evaluate(() => window.worker.stop())
  })
})

test('a tab that comes back while it registers goes on with the key of its last question', async () => {
  const page = await open()
  const registered = () => queue.calls.filter(({ name }) => name === 'register_node').length
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  queue.late.set('register_node', first.promise)
  const started = page.evaluate(() => window.worker.start())
  await queue.until(() => registered() === 1)
  queue.late.set('register_node', second.promise)
  // The bridge may have asked before Playwright has heard that its frame is there.
  const bridge = await vi.waitUntil(() => page.frames().find((frame) => frame.url().endsWith('/bridge.html')), 30_000)
  await bridge.evaluate(() => {
    for (const type of ['pagehide', 'pageshow']) dispatchEvent(new PageTransitionEvent(type, { persisted: true }))
  })
  await queue.until(() => registered() === 2)
  // By now the first key is over.
  first.resolve()
  await page.evaluate(() => new Promise((end) => setTimeout(end, 300)))
  expect(await status(page)).toBe('starting')
  second.resolve()
  await started
  const { headers } = await queue.until(() => queue.calls.find(({ name }) => name === 'work_cycle'))
  expect(headers['x-node-key']).toBe('secret-2')
  await page.evaluate(() => window.worker.stop())
})

describe('start()', () => {
  test.each(['stop', 'finish', 'abort'] as const)('that a listener ends by %s() as it begins is over', async (how) => {
    const page = await open()
    const code = await page.evaluate((how) => {
      const { worker } = window
      const control = new AbortController()
      const leave = worker.on('state', () => {
        leave()
        if (how === 'abort') control.abort()
        else void worker[how]()
      })
      return worker.start({ signal: control.signal }).catch((error) => error.code)
    }, how)
    expect(code).toBe('OB103')
    expect([await status(page), await frames(page)]).toEqual(['stopped', 0])
    expect(queue.calls).toEqual([])
    await page.evaluate(() => window.worker.start())
    await page.evaluate(() => window.worker.stop())
  })

  test('rejects with the server’s own reason, and fails with its code', async () => {
    const page = await open()
    queue.refuseRegistration = { code: 'OB014', message: 'A wallet has at most 100 nodes.', hint: null, details: null }
    const error = await page.evaluate(() =>
      window.worker.start().then(
        () => null,
        (error) => ({ code: error.code, shortMessage: error.shortMessage }),
      ),
    )
    expect(error).toEqual({ code: 'OB014', shortMessage: 'A wallet has at most 100 nodes.' })
    expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'failed', code: 'OB014' })
    expect(await frames(page)).toBe(0)
    // Chromium's own line about the refused call.
    errors.length = 0
  })

  test.each([
    ['Promise.withResolvers', () => void Reflect.deleteProperty(Promise, 'withResolvers')],
    ['navigator.locks', () => void Reflect.deleteProperty(Navigator.prototype, 'locks')],
    ['AbortSignal.any', () => void Reflect.deleteProperty(AbortSignal, 'any')],
  ])('in a browser without %s rejects with OB204, in words, and loads nothing', async (lacks, take) => {
    const page = await open()
    await page.evaluate(take)
    const error = await page.evaluate(() =>
      window.worker.start().then(
        () => null,
        ({ code, shortMessage, hint, values }) => ({ code, shortMessage, hint, values }),
      ),
    )
    expect(error).toEqual({
      code: 'OB204',
      shortMessage: 'This browser lacks something that the worker needs.',
      hint: 'Use a current Chromium or Firefox; in Safari it was not tried.',
      values: { missing: [lacks] },
    })
    expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'failed', code: 'OB204' })
    expect(await frames(page)).toBe(0)
    expect(queue.calls).toEqual([])
  })

  test.each([
    ['an empty id', 'hardwareId', { hardwareId: '' }],
    ['an id that is too long', 'hardwareId', { hardwareId: 'x'.repeat(201) }],
    ['an unknown condition', 'limits', { limits: { when: ['sometimes'] } }],
    ['a word for a yes', 'limits', { limits: { strangersPrograms: 'yes' } }],
  ])('with %s rejects with OB005, and loads nothing', async (_, field, wrong) => {
    const page = await open()
    const error = await page.evaluate(
      ([options, wrong]) => {
        window.worker = window.sdk.createWorker({ ...options, session: async () => 't', ...wrong } as never)
        return window.worker.start().catch(({ code, values, shortMessage }) => ({ code, values, shortMessage }))
      },
      [{ supabaseUrl: queue.url, supabaseKey: 'anon', bridgeUrl: sites.bridgeUrl }, wrong] as const,
    )
    expect(error).toMatchObject({
      code: 'OB005',
      values: { field },
      shortMessage: 'A field has a value that cannot be accepted.',
    })
    expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'failed', code: 'OB005' })
    expect(await frames(page)).toBe(0)
  })

  test('with a cpu that is no number takes the least; limits that are none change nothing of a worker at work', async () => {
    const page = await open()
    await page.evaluate(() => window.worker.setLimits({ cpu: Number.NaN }))
    expect(await page.evaluate(() => window.worker.limits.cpu)).toBe(0.1)
    await page.evaluate(() => window.worker.start())
    const code = await page.evaluate(() => {
      try {
        window.worker.setLimits({ cpu: 1, when: ['sometimes'] as never })
        return null
      } catch (error) {
        return (error as { code: string }).code
      }
    })
    expect(code).toBe('OB005')
    expect(await page.evaluate(() => window.worker.limits)).toEqual({ cpu: 0.1, when: [], strangersPrograms: false })
    expect(await status(page)).toBe('waiting')
    await page.evaluate(() => window.worker.stop())
  })

  /** With values where the page has found it out by waiting. */
  const failure = () => window.worker.start().catch(({ code, values }) => [code, values])

  test.each(['start', 'registration'])('fails where the bridge cannot read the %s that it is sent', async (type) => {
    const page = await open()
    // As from a page of another version, or with what another server answers.
    await page.evaluate((damaged) => {
      const real = MessagePort.prototype.postMessage
      MessagePort.prototype.postMessage = function (this: MessagePort, message: { type?: string }) {
        real.call(this, message.type === damaged ? { type: damaged } : message)
      }
    }, type)
    expect(await page.evaluate(failure)).toEqual(['OB201', {}])
    expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'failed', code: 'OB201' })
    expect(await frames(page)).toBe(0)
  })

  test('fails where the browser refuses the bridge a part that it needs', async () => {
    const bridge = sites.files.get('bridge.js') ?? ''
    sites.files.set('bridge.js', `navigator.locks.request = async () => { throw new TypeError('no') };${bridge}`)
    const page = await open()
    expect(await page.evaluate(failure)).toEqual(['OB201', {}])
    expect(await frames(page)).toBe(0)
  })

  test('fails where the bridge falls silent', async () => {
    const bridge = sites.files.get('bridge.js') ?? ''
    sites.files.set('bridge.js', `navigator.locks.request = () => new Promise(() => {});${bridge}`)
    const page = await open()
    await page.clock.install()
    const started = page.evaluate(failure)
    const bridgeFrame = await vi.waitUntil(
      () => page.frames().find((frame) => frame.url().endsWith('/bridge.html')),
      30_000,
    )
    await bridgeFrame.waitForLoadState()
    await expect
      .poll(async () => {
        await page.clock.runFor(1000)
        return await frames(page)
      })
      .toBe(0)
    expect(await started).toEqual(['OB201', { part: 'bridge', reason: 'it does not answer' }])
    errors.length = 0
  })

  test('ends when it is aborted, also while the frame loads', async () => {
    const page = await open()
    const code = await page.evaluate(() => {
      const control = new AbortController()
      const started = window.worker.start({ signal: control.signal }).catch((error) => error.code)
      control.abort()
      return started
    })
    expect(code).toBe('OB103')
    expect(await status(page)).toBe('stopped')
    expect(await frames(page)).toBe(0)
  })

  test('of a page that the bridge does not know ends as blocked', async () => {
    sites.files.set(
      'config.json',
      (sites.files.get('config.json') ?? '').replaceAll(sites.pageUrl, 'https://somebody.example'),
    )
    const page = await open()
    await page.clock.install()
    const started = page.evaluate(() => window.worker.start().catch((error) => error.code))
    await untilTrue(page, () => document.querySelector('iframe') !== null, null)
    await page.clock.runFor(20_000)
    expect(await started).toBe('OB202')
    errors.length = 0
  })

  test('a listener that throws disturbs nobody', async () => {
    const page = await open()
    await page.evaluate(() => {
      window.worker.on('state', () => {
        throw new Error('the host’s own')
      })
    })
    await page.evaluate(() => window.worker.start())
    await page.evaluate(() => window.worker.stop())
    expect(errors.every((error) => error.includes('the host’s own'))).toBe(true)
    expect(errors.length).toBeGreaterThan(0)
    errors.length = 0
  })
})

test('a frame that dies under the worker is told: OB201', async () => {
  const page = await start()
  await page.evaluate(() => {
    const frame = document.querySelector('iframe')
    if (frame) frame.src = 'about:blank'
  })
  await untilStatus(page, 'failed')
  expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'failed', code: 'OB201' })
})

test('where the sandbox is blocked the worker says so, and gives the job back', async () => {
  sites.sandboxHeaders['Content-Security-Policy'] = "frame-ancestors 'none'"
  // It waits for PREPARE_MS; a tenth of that tells as much.
  const agent = sites.files.get('agent.js') ?? ''
  const hasty = agent.replace(/=15e3(?=,\w+=800\b)/, '=1500')
  expect(hasty).not.toBe(agent)
  sites.files.set('agent.js', hasty)
  queue.push({ input: tileInputs[0] })
  const page = await start()
  await untilStatus(page, 'failed')
  expect(await page.evaluate(() => window.worker.state)).toEqual({ status: 'failed', code: 'OB203' })
  expect(queue.reports).toMatchObject([{ outcome: 'released' }])
  errors.length = 0
})
