import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Client,
  cancelTask,
  createClient,
  createTask,
  getTask,
  myBalance,
  myEarnings,
  readStoredResult,
  registerNode,
  storeInput,
  taskResults,
  workCycle,
} from '@oblivion/client'
import { canonicalJson, resultHash, sha256Hex, type TaskDraft } from '@oblivion/core'
import { exactMath, type RaytraceInput, raytraceInputs, runProgram } from '@oblivion/programs'
import { accounts, startTestStack, type TestStack } from '@oblivion/stack/testing'
import { build } from 'esbuild'
import pg from 'pg'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { JobReport } from '../src/agent/Host.ts'
import { createServerWorker } from '../src/node/createServerWorker.ts'
import { promised } from './harness/promised.ts'
import { requestsIn } from './harness/requestsIn.ts'
import { signIn } from './harness/signIn.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'
import { untilTrue } from './harness/untilTrue.ts'

// The worker against the real thing: the pages as `start` builds and serves them, the gateway, the database.

const [, customerAccount, , providerAccount, otherAccount] = accounts
const price = 10_000n
const quick = raytraceInputs({ width: 320, height: 180, tileWidth: 160, tileHeight: 90, samples: 4 })
/** Minutes of work: long enough to be stopped, closed and beaten for. */
const [long] = raytraceInputs({ width: 160, height: 90, tileWidth: 160, tileHeight: 90, samples: 4096 })

let stack: TestStack
let profile: Profile
let folder: string
let sdk: string
let customer: Client
let provider: Client
let token: string
let customerToken: string
let context: BrowserContext

const clientOf = (accessToken: string): Client =>
  createClient({
    supabaseUrl: stack.dev.supabaseUrl,
    supabaseKey: stack.dev.anonKey,
    accessToken: async () => accessToken,
  })

beforeAll(async () => {
  stack = await startTestStack()
  // A node that works beats every 15 s else, and one of these tests waits for a beat.
  const database = new pg.Client(stack.dev.databaseUrl)
  await database.connect()
  await database.query('update oblivion.settings set heartbeat_seconds = 1')
  await database.end()
  folder = await mkdtemp(join(tmpdir(), 'oblivion-requests-'))
  profile = await spawnChromium({ namesFile: join(folder, 'requests') })
  const { outputFiles } = await build({
    entryPoints: [new URL('../src/index.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'sdk',
    write: false,
  })
  sdk = `${outputFiles[0]?.text}\nglobalThis.sdk = sdk`
  if (customerAccount === undefined || providerAccount === undefined) throw new Error('no accounts')
  customerToken = await signIn(stack.dev, customerAccount)
  customer = clientOf(customerToken)
  token = await signIn(stack.dev, providerAccount)
  provider = clientOf(token)
  // The deposit on the chain counts once it is final.
  await vi.waitUntil(async () => (await myBalance(customer)).free > 0n, { timeout: 90_000, interval: 200 })
})
afterAll(async () => {
  await profile?.close()
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  context = await profile.browser.newContext()
})
afterEach(() => context.close())

const post = async (
  inputs: readonly unknown[],
  program: string | Exclude<TaskDraft['program'], { kind: 'builtin' }> = 'raytrace',
): Promise<string> => {
  const { taskId } = await createTask(customer, {
    task: {
      title: 'Path-traced room',
      program: typeof program === 'string' ? { kind: 'builtin', name: program } : program,
      inputs,
      pricePerChunk: price,
      budget: price * BigInt(inputs.length),
      maxAttempts: 1,
      acknowledgeVisible: true,
    },
  })
  return taskId
}

/** A page on the dApp's origin, with its headers and without its code, that starts a worker. */
const startWorker = async (strangersPrograms = false): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(`${stack.dev.dappUrl}/config.json`)
  await page.evaluate(sdk)
  await page.evaluate(
    async ({ supabaseUrl, anonKey, bridgeUrl, token, strangersPrograms }) => {
      window.worker = window.sdk.createWorker({
        supabaseUrl,
        supabaseKey: anonKey,
        bridgeUrl,
        session: async () => token,
        limits: { cpu: 1, when: [], strangersPrograms },
      })
      window.told = []
      window.worker.on('job', (event) => window.told.push({ name: 'job', event }))
      await window.worker.start()
    },
    { ...stack.dev, token, strangersPrograms },
  )
  return page
}
const letters = async (taskId: string): Promise<string> => (await getTask(customer, { taskId })).chunks
const working = (page: Page) => untilTrue(page, () => window.worker.state.status === 'working', null)

test('a tab registers, computes tiles, is paid for each, and stops', async () => {
  const taskId = await post(quick)
  const page = await startWorker()
  await expect.poll(() => letters(taskId)).toBe('cccc')
  await page.evaluate(() => window.worker.finish())
  const { results } = await taskResults(customer, { taskId })
  expect(results.map(({ result }) => result)).toEqual(
    await Promise.all(quick.map((input: RaytraceInput) => runProgram('raytrace', input))),
  )
  const earned = (await myEarnings(provider)).receipts.filter((receipt) => receipt.taskId === taskId)
  expect(earned).toHaveLength(4)
  expect(await page.evaluate(() => [window.worker.state.status, document.querySelectorAll('iframe').length])).toEqual([
    'stopped',
    0,
  ])
})

test('a long tile is beaten for, ended by stop(), and free for the next at once', async () => {
  const taskId = await post([long])
  const page = await startWorker()
  await working(page)
  const took = await page.evaluate(async () => {
    const from = performance.now()
    await window.worker.stop()
    return performance.now() - from
  })
  expect(took).toBeLessThan(promised(1000, 10_000))
  expect(await letters(taskId)).toBe('p')

  // Taken up again; a closed tab gives it back as well.
  const again = await startWorker()
  await working(again)
  expect(await letters(taskId)).toBe('r')
  const { promise: beaten, resolve } = Promise.withResolvers<unknown>()
  again.context().on('requestfinished', (request) => {
    if (request.url().endsWith('/rpc/heartbeat')) resolve(request.response().then((response) => response?.json()))
  })
  expect(await beaten).toMatchObject({ cancel: false, leaseExpiresAt: expect.any(String) })
  await again.close()
  await expect.poll(() => letters(taskId)).toBe('p')
  await customer.call('cancel_task', { p_task_id: taskId })
})

test('the answer to a claim that is lost costs one more call, not the job', async () => {
  const page = await context.newPage()
  await page.close()
  let lost = 0
  // The request reaches the server; its answer does not come back.
  await context.route('**/rpc/work_cycle', async (route) => {
    const answer = await route.fetch()
    if (lost === 0 && ((await answer.json()) as { job: unknown }).job !== null) {
      lost++
      return route.abort('connectionreset')
    }
    return route.fulfill({ response: answer })
  })
  const taskId = await post(quick.slice(0, 1))
  const worker = await startWorker()
  await expect.poll(() => letters(taskId)).toBe('c')
  expect(lost).toBe(1)
  await worker.evaluate(() => window.worker.stop())
})

test('T3: a program that this build does not have fails its attempt, and nothing else: a stranger’s is not the last', async () => {
  const unknown = await post([1], 'no-such-program')
  const page = await startWorker()
  const reports = () =>
    page.evaluate(
      (taskId) => window.told.flatMap(({ event }) => ((event as { taskId: string }).taskId === taskId ? [event] : [])),
      unknown,
    )
  await expect.poll(reports).toEqual([expect.objectContaining({ outcome: 'failed', accepted: true })])
  expect(await letters(unknown)).toBe('p')
  await cancelTask(customer, { taskId: unknown })
  const taskId = await post(quick.slice(0, 1))
  await expect.poll(() => letters(taskId)).toBe('c')
  await page.evaluate(() => window.worker.stop())
})

test('a customer’s own program is computed where its owner chose that, by its hash, and paid', async () => {
  const source = `export default ({ start, end }, { progress }) => {
    let sum = 0
    for (let n = start; n < end; n++) sum += Math.sin(n)
    progress(1)
    return { sum }
  }`
  const taskId = await post(
    [
      { start: 0, end: 1000 },
      { start: 1000, end: 2000 },
    ],
    { kind: 'js', source },
  )
  const careful = await startWorker()
  await untilTrue(careful, () => window.worker.state.status === 'waiting', null)
  await careful.evaluate(() => window.worker.stop())
  expect(await letters(taskId)).toBe('pp')
  const page = await startWorker(true)
  await expect.poll(() => letters(taskId)).toBe('cc')
  await page.evaluate(() => window.worker.stop())
  const { results } = await taskResults(customer, { taskId })
  const sum = (start: number, end: number) =>
    Array.from({ length: end - start }, (_, i) => exactMath.sin(start + i)).reduce((a, b) => a + b, 0)
  expect(results.map(({ result }) => result)).toEqual([{ sum: sum(0, 1000) }, { sum: sum(1000, 2000) }])
})

test('T8, T12: an input above 64 kB comes from Storage, to its customer and the node at work alone, checked by its hash', async () => {
  const { supabaseUrl, anonKey } = stack.dev
  const address = customerAccount?.address ?? ''
  const options = { supabaseUrl, supabaseKey: anonKey, accessToken: async () => customerToken }
  const source = 'export default ({ text, n }) => ({ length: text.length, n })'
  const inputs = [1, 2].map((n) => ({ text: 'x'.repeat(200_000), n }))
  await expect(post(inputs, { kind: 'js', source })).rejects.toMatchObject({ code: 'OB005' })
  const stored = await Promise.all(inputs.map((input) => storeInput(options, { address, input })))
  expect(stored[0]).toEqual({ $stored: resultHash(inputs[0]) })
  // A second time it is there already.
  expect(await storeInput(options, { address, input: inputs[0] })).toEqual(stored[0])
  const object = (action: string, hash: string) =>
    `${supabaseUrl}/storage/v1/object${action}/oblivion-inputs/${address.toLowerCase()}/${hash}`
  const ask = (url: string, bearer: string, more: RequestInit = {}) =>
    fetch(url, {
      ...more,
      headers: {
        apikey: anonKey,
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        ...more.headers,
      },
    })

  // A tab, and a node on a server.
  const first = await post([stored[0]], { kind: 'js', source })
  const page = await startWorker(true)
  await expect.poll(() => letters(first)).toBe('c')
  await page.evaluate(() => window.worker.stop())
  const second = await post([stored[1]], { kind: 'js', source })
  const server = createServerWorker({
    supabaseUrl,
    supabaseKey: anonKey,
    strangersPrograms: true,
    register: (signal) =>
      registerNode(provider, {
        hardwareId: 'server',
        workerType: 'server',
        capabilities: { strangersPrograms: true },
        signal,
      }),
  })
  const over = server.run()
  await expect.poll(() => letters(second)).toBe('c')
  await server.finish()
  await over
  for (const [index, taskId] of [first, second].entries()) {
    const { results } = await taskResults(customer, { taskId })
    expect(results).toMatchObject([{ input: stored[index], result: { length: 200_000, n: index + 1 } }])
  }

  // Nobody else reads it, and nobody changes it.
  const hash = stored[0]?.$stored ?? ''
  expect((await ask(object('/authenticated', hash), customerToken)).status).toBe(200)
  for (const stranger of [anonKey, token]) {
    expect((await ask(object('/authenticated', hash), stranger)).status).toBe(400)
  }
  const change = { method: 'POST', body: '{}', headers: { 'x-upsert': 'true' } }
  for (const anybody of [customerToken, token, anonKey]) {
    expect((await ask(object('', hash), anybody, change)).ok).toBe(false)
  }
  // Into a folder of one's own alone, under a hash, and only with money here.
  const fresh = 'f'.repeat(64)
  expect((await ask(object('', fresh), token, { method: 'POST', body: '{}' })).ok).toBe(false)
  expect((await ask(object('', 'readme'), customerToken, { method: 'POST', body: '{}' })).ok).toBe(false)
  const ownFolder = object('', fresh).replace(address.toLowerCase(), providerAccount?.address.toLowerCase() ?? '')
  expect((await ask(ownFolder, token, { method: 'POST', body: '{}' })).ok).toBe(false)

  // What is not stored is told at once; what has another content than its name, by the node.
  await expect(post([{ $stored: fresh }], { kind: 'js', source })).rejects.toMatchObject({ code: 'OB005' })
  expect((await ask(object('', fresh), customerToken, { method: 'POST', body: '{"text":"","n":1}' })).ok).toBe(true)
  const wrong = await post([{ $stored: fresh }], { kind: 'js', source })
  const careful = await startWorker(true)
  await expect
    .poll(() => careful.evaluate(() => window.told.map(({ event }) => (event as { outcome: string }).outcome)))
    .toContain('failed')
  await careful.evaluate(() => window.worker.stop())
  expect((await myEarnings(provider)).receipts.filter(({ taskId }) => taskId === wrong)).toEqual([])
  await cancelTask(customer, { taskId: wrong })
})

test('what the server cannot read, and a stored input that is no JSON, fail their jobs and no worker', async () => {
  const source = `export default ({ say }) => {
    const nested = (levels) => Array.from({ length: levels }).reduce((value) => [value], 1)
    if (say === 'deep') return nested(65)
    // As deep as text can be made of: some levels more, and the report around it cannot be written down. No deeper than
    // what still goes into a report: a browser with more stack would put 130 kB into Storage, for the coordinator to refuse.
    if (say === 'deepest') {
      let [can, cannot] = [1, 32768]
      while (cannot - can > 1) {
        const levels = (can + cannot) >> 1
        try { JSON.stringify(nested(levels)); can = levels } catch { cannot = levels }
      }
      return nested(can)
    }
    if (say === 'nul') return 'a\\0b'
    if (say === 'words') throw new Error('a\\0b')
    return 'fine'
  }`
  const text = '{"cut": '
  const hash = sha256Hex(new TextEncoder().encode(text))
  const { supabaseUrl, anonKey } = stack.dev
  const place = `oblivion-inputs/${customerAccount?.address.toLowerCase()}/${hash}`
  const kept = await fetch(`${supabaseUrl}/storage/v1/object/${place}`, {
    method: 'POST',
    headers: { apikey: anonKey, authorization: `Bearer ${customerToken}`, 'content-type': 'application/json' },
    body: text,
  })
  expect(kept.status).toBe(200)
  const says = ['deep', 'deepest', 'nul', 'words', 'nothing'].map((say) => ({ say }))
  const taskId = await post([{ $stored: hash }, ...says], { kind: 'js', source })
  const page = await startWorker(true)
  await expect.poll(async () => (await letters(taskId)).at(-1)).toBe('c')
  const reports = await page.evaluate(() => window.told.map(({ event }) => event as JobReport))
  const first = reports.filter((report) => report.taskId === taskId && report.attempt === 1)
  const outcomes = first.toSorted((a, b) => a.chunkIndex - b.chunkIndex).map(({ outcome }) => outcome)
  // The deepest is larger than 64 kB where text can be made of that much: then it is delivered, and refused when read.
  const [deepest] = outcomes.splice(2, 1)
  expect(['failed', 'succeeded']).toContain(deepest)
  expect(outcomes).toEqual(['failed', 'failed', 'failed', 'failed', 'succeeded'])
  await expect.poll(async () => (await letters(taskId)).at(2)).toBe('p')
  expect((await myEarnings(provider)).receipts.filter((receipt) => receipt.taskId === taskId)).toHaveLength(1)
  expect(await page.evaluate(() => window.worker.state.status)).not.toBe('failed')
  await page.evaluate(() => window.worker.stop())
  await cancelTask(customer, { taskId })
})

test('T12: a result of 1 MiB goes through Storage, is paid once the coordinator has read it, and is its customer’s alone', async () => {
  const { supabaseUrl, anonKey } = stack.dev
  const options = { supabaseUrl, supabaseKey: anonKey, accessToken: async () => customerToken }
  const source = `export default ({ n }) => ({ n, text: 'x'.repeat(1 << 20) })`
  const expected = (n: number) => ({ n, text: 'x'.repeat(1 << 20) })
  const object = (name: string, init: RequestInit & { key?: string; bearer?: string } = {}) =>
    fetch(`${supabaseUrl}/storage/v1/object${name}`, {
      ...init,
      headers: {
        apikey: anonKey,
        authorization: `Bearer ${init.bearer ?? anonKey}`,
        'content-type': 'application/json',
        ...(init.key === undefined ? {} : { 'x-node-key': init.key }),
        ...(init.headers as Record<string, string>),
      },
    })
  const receiptsOf = async (taskId: string) =>
    (await myEarnings(provider)).receipts.filter((receipt) => receipt.taskId === taskId)

  // A tab, and a node on a server.
  const first = await post([{ n: 1 }], { kind: 'js', source })
  const page = await startWorker(true)
  await expect.poll(() => letters(first)).toBe('c')
  await page.evaluate(() => window.worker.stop())
  const second = await post([{ n: 2 }], { kind: 'js', source })
  const register = (signal?: AbortSignal) =>
    registerNode(provider, {
      hardwareId: 'server',
      workerType: 'server',
      capabilities: { strangersPrograms: true },
      signal,
    })
  const server = createServerWorker({ supabaseUrl, supabaseKey: anonKey, strangersPrograms: true, register })
  const over = server.run()
  await expect.poll(() => letters(second)).toBe('c')

  // From stage to stage, beside an input that is stored as well.
  const input = await storeInput(options, {
    address: customerAccount?.address ?? '',
    input: { n: 5, pad: 'y'.repeat(100_000) },
  })
  const pipe = async () => {
    const { taskId } = await createTask(customer, {
      task: {
        title: 'Two stages',
        pipeline: [
          { program: { kind: 'js', source } },
          {
            program: {
              kind: 'js',
              source: `export default ({ input, previous }) => [input.n, input.pad.length, previous.n, previous.text.length]`,
            },
          },
        ],
        inputs: [input],
        pricePerChunk: price,
        budget: 2n * price,
        acknowledgeVisible: true,
      },
    })
    await expect.poll(() => letters(taskId)).toBe('c')
    expect((await taskResults(customer, { taskId })).results).toMatchObject([{ result: [5, 100_000, 5, 1 << 20] }])
  }
  await pipe()
  await server.finish()
  await over
  const both = await startWorker(true)
  await pipe()
  await both.evaluate(() => window.worker.stop())

  for (const [index, taskId] of [first, second].entries()) {
    const { results } = await taskResults(customer, { taskId })
    const value = expected(index + 1)
    expect(results).toMatchObject([{ result: null, resultHash: resultHash(value), storedBytes: (1 << 20) + 17 }])
    expect(await readStoredResult(options, { resultHash: resultHash(value) })).toBe(canonicalJson(value))
    expect(await receiptsOf(taskId)).toHaveLength(1)
  }

  // Its customer may hand it on by a signed address; nobody else reads or changes it.
  const name = `/oblivion-results/results/${resultHash(expected(1))}`
  const signed = await object(`/sign${name}`, { method: 'POST', body: '{"expiresIn":60}', bearer: customerToken })
  const { signedURL } = (await signed.json()) as { signedURL: string }
  expect((await fetch(`${supabaseUrl}/storage/v1${signedURL}`)).ok).toBe(true)
  for (const bearer of [anonKey, token]) {
    expect((await object(`/authenticated${name}`, { bearer })).ok).toBe(false)
    expect((await object(`/sign${name}`, { method: 'POST', body: '{"expiresIn":60}', bearer })).ok).toBe(false)
  }
  expect((await object(`/public${name}`)).ok).toBe(false)
  for (const bearer of [customerToken, token, anonKey])
    expect((await object(name, { method: 'POST', body: '{}', bearer, headers: { 'x-upsert': 'true' } })).ok).toBe(false)

  // A node that lies: its own place once, under whatever hash, and what it put there is read before anything is paid.
  const liar = await register()
  const key = liar.nodeSecret
  const third = await post([{ n: 3 }], { kind: 'js', source })
  const client = createClient({ supabaseUrl, supabaseKey: anonKey, nodeKey: key })
  const { job } = await workCycle(client, { nodeId: liar.nodeId })
  if (job?.taskId !== third) throw new Error('The node got nothing.')
  const { jobId, attempt } = job
  const hash = resultHash(expected(3))
  const place = `/oblivion-results/uploads/${jobId}/${attempt}/${hash}`
  const put = (init: RequestInit = {}) => object(place, { method: 'POST', body: '"something else"', key, ...init })
  expect((await object(place, { method: 'POST', body: '""' })).ok).toBe(false)
  expect((await put()).ok).toBe(true)
  expect((await put()).status).toBe(400)
  expect((await put({ headers: { 'x-upsert': 'true' } })).ok).toBe(false)
  const resultUrl = place.slice(1)
  expect(
    await workCycle(client, {
      nodeId: liar.nodeId,
      claim: false,
      done: { jobId, attempt, outcome: 'succeeded', resultUrl, resultHash: hash },
    }),
  ).toMatchObject({ accepted: true })
  await expect.poll(() => letters(third)).toBe('p')
  expect(await receiptsOf(third)).toEqual([])
  expect((await object(`/authenticated/oblivion-results/results/${hash}`, { bearer: customerToken })).ok).toBe(false)
  // The attempt is over: there is no place any more.
  expect((await put()).ok).toBe(false)
  await cancelTask(customer, { taskId: third })
})

test('T9: another established provider goes on from a state of 1 MiB, which no third one reads', async () => {
  const { supabaseUrl, anonKey } = stack.dev
  // Who begins anew never ends.
  const source = `export default async (n, ctx) => {
    while (!ctx.resumed) {
      ctx.checkpoint({ n, text: 'x'.repeat(1_000_000) })
      await ctx.progress(0.5)
    }
    return [ctx.resumed.n, ctx.resumed.text.length]
  }`
  const database = new pg.Client(stack.dev.databaseUrl)
  await database.connect()
  if (otherAccount === undefined) throw new Error('no account')
  const another = clientOf(await signIn(stack.dev, otherAccount))
  // All are established here, and what they gave back in the tests above keeps neither waiting for the other.
  await database.query('update oblivion.settings set proven_after = 0')
  await database.query(`update oblivion.owners set claim_budget = 1000, claims_from = '-infinity'`)
  const keptOf = async (taskId: string) =>
    (
      await database.query<{ job_id: string; attempt: number; stored_hash: string }>(
        `select c.job_id, c.attempt, c.stored_hash from oblivion.checkpoints c join jobs j on j.id = c.job_id
          where j.task_id = $1 and c.stored_hash is not null`,
        [taskId],
      )
    ).rows[0]
  const resultOf = async (taskId: string) => (await taskResults(customer, { taskId })).results[0]?.result

  // From a tab to a server.
  const first = await post([1], { kind: 'js', source })
  const page = await startWorker(true)
  await expect.poll(() => keptOf(first)).toBeDefined()
  await page.evaluate(() => window.worker.stop())
  const kept = await keptOf(first)
  const place = `${supabaseUrl}/storage/v1/object/authenticated/oblivion-checkpoints/uploads/${kept?.job_id}/${kept?.attempt}/${kept?.stored_hash}`
  for (const bearer of [customerToken, token, anonKey])
    expect((await fetch(place, { headers: { apikey: anonKey, authorization: `Bearer ${bearer}` } })).ok).toBe(false)
  const register = (signal?: AbortSignal) =>
    registerNode(another, {
      hardwareId: 'server',
      workerType: 'server',
      capabilities: { strangersPrograms: true },
      signal,
    })
  const server = createServerWorker({ supabaseUrl, supabaseKey: anonKey, strangersPrograms: true, register })
  const over = server.run()
  await expect.poll(() => letters(first)).toBe('c')
  expect(await resultOf(first)).toEqual([1, 1_000_000])

  // And back.
  const second = await post([2], { kind: 'js', source })
  await expect.poll(() => keptOf(second)).toBeDefined()
  await server.stop()
  await over
  const again = await startWorker(true)
  await expect.poll(() => letters(second)).toBe('c')
  await again.evaluate(() => window.worker.stop())
  expect(await resultOf(second)).toEqual([2, 1_000_000])
  await database.query('update oblivion.settings set proven_after = default')
  await database.end()
})

/** What PostgREST says of a function that a database does not have. */
const missing = (functions: readonly string[]) =>
  context.route(new RegExp(`/rpc/(${functions.join('|')})$`), (route) =>
    route.request().method() === 'OPTIONS'
      ? route.continue()
      : route.fulfill({
          status: 404,
          headers: { 'access-control-allow-origin': '*' },
          json: { code: 'PGRST202', message: 'Could not find the function', details: null, hint: null },
        }),
  )

test.each([
  ['FJ-7: next_jobs, claim_job_fair and complete_job', ['work_cycle', 'work_batch']],
  ['FJ-8: an update of the offered job that is read back', ['work_cycle', 'work_batch', 'claim_job_fair']],
])('a database without work_cycle is served by %s', async (_, functions) => {
  const asked: string[] = []
  context.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`))
  await missing(functions)
  const taskId = await post(quick.slice(0, 2))
  const page = await startWorker()
  await expect.poll(() => letters(taskId)).toBe('cc')
  await page.evaluate(() => window.worker.stop())
  expect(asked).toContain('POST /rest/v1/rpc/complete_job')
  expect(asked.includes('PATCH /rest/v1/jobs')).toBe(functions.includes('claim_job_fair'))
  const { results } = await taskResults(customer, { taskId })
  expect(results.map(({ result }) => result)).toEqual(
    await Promise.all(quick.slice(0, 2).map((input: RaytraceInput) => runProgram('raytrace', input))),
  )
  const earned = (await myEarnings(provider)).receipts.filter((receipt) => receipt.taskId === taskId)
  expect(earned.map(({ attempt }) => attempt)).toEqual([1, 1])
})

test('A10: each origin may be framed by the one that needs it, and the dApp by none', async () => {
  const ancestors = async (url: string): Promise<string | undefined> =>
    /frame-ancestors [^;]*/.exec((await fetch(url)).headers.get('content-security-policy') ?? '')?.[0]
  const { dappUrl, bridgeUrl, sandboxUrl } = stack.dev
  expect(new Set([dappUrl, bridgeUrl, sandboxUrl].map((url) => new URL(url).origin)).size).toBe(3)
  expect(await ancestors(dappUrl)).toBe("frame-ancestors 'none'")
  expect(await ancestors(`${bridgeUrl}/bridge.html`)).toBe(`frame-ancestors ${new URL(dappUrl).origin}`)
  expect(await ancestors(`${sandboxUrl}/sandbox.html`)).toContain(new URL(bridgeUrl).origin)
})

test('A1: bridge, agent and sandbox asked for nothing outside of API, Storage and our own pages in the lives above', async () => {
  await profile.close()
  const { dappUrl, bridgeUrl, sandboxUrl, supabaseUrl } = stack.dev
  const origins = Object.groupBy(await requestsIn(join(folder, 'requests')), ({ initiator }) => initiator)
  const [dapp, bridge, sandbox, api] = [dappUrl, bridgeUrl, sandboxUrl, supabaseUrl].map((url) => new URL(url).origin)
  // A sandbox has an origin without a name: it would stand here.
  expect(Object.keys(origins).sort()).toEqual([bridge, dapp].sort())
  const asked = origins[bridge as string] ?? []
  expect([...new Set(asked.map(({ url }) => url.origin))].sort()).toEqual([api, bridge, sandbox].sort())
  // Whole lives they were.
  const paths = asked.map(({ url }) => url.pathname).join(' ')
  for (const what of [
    'rpc/work_cycle',
    'rpc/heartbeat',
    'rpc/get_program',
    'oblivion-inputs/',
    'oblivion-results/uploads/',
    'oblivion-checkpoints/uploads/',
  ]) {
    expect(paths).toContain(what)
  }
})
