import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createClient,
  createTask,
  explainClaim,
  getTask,
  myBalance,
  myEarnings,
  myNodes,
  registerNode,
  revokeNode,
  taskResults,
} from '@oblivion/client'
import type { Registration, TaskPrice } from '@oblivion/core'
import { type RaytraceInput, raytraceInputs, runProgram } from '@oblivion/programs'
import { createServerWorker, type ServerWorkerEvent } from '@oblivion/sdk/node'
import { accounts, startTestStack, type TestStack } from '@oblivion/stack/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { readLocalStack } from '../src/readLocalStack.ts'
import { serveHealth } from '../src/worker/serveHealth.ts'
import { signIn } from '../src/worker/signIn.ts'
import { machineName, take, takeNames } from '../src/worker/takeNames.ts'

// `oblivion worker` as a person starts it: a process of its own, against the real gateway and database.

const price = 10_000n
const quick = raytraceInputs({ width: 320, height: 180, tileWidth: 160, tileHeight: 90, samples: 4 })
/** Some seconds of work. */
const short = raytraceInputs({ width: 160, height: 90, tileWidth: 160, tileHeight: 90, samples: 256 })
/** Minutes of work. */
const long = raytraceInputs({ width: 160, height: 90, tileWidth: 160, tileHeight: 90, samples: 4096 })

let stack: TestStack
let database: pg.Client
const running: ChildProcess[] = []

const clientOf = async (account: (typeof accounts)[number] | undefined) => {
  if (account === undefined) throw new Error('no account')
  const { supabaseUrl, anonKey: supabaseKey, dappUrl: origin, chainId } = stack.dev
  const privateKey = stack.dev.accounts.find(({ address }) => address === account.address)?.privateKey as `0x${string}`
  const token = await signIn({ supabaseUrl, supabaseKey, privateKey, origin, chainId }, AbortSignal.timeout(90_000))
  return createClient({ supabaseUrl, supabaseKey, accessToken: async () => token })
}
let customer: Awaited<ReturnType<typeof clientOf>>
let provider: Awaited<ReturnType<typeof clientOf>>

beforeAll(async () => {
  stack = await startTestStack({ pages: false, coordinator: true })
  database = new pg.Client(stack.dev.databaseUrl)
  await database.connect()
  customer = await clientOf(accounts[1])
  provider = await clientOf(accounts[3])
  await vi.waitUntil(async () => (await myBalance(customer)).free > 0n, { timeout: 90_000, interval: 200 })
})
afterEach(() => {
  // By its group: a watched command is a child of its own.
  for (const { pid = 0, exitCode, signalCode } of running.splice(0)) {
    if (exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
  }
})
afterAll(async () => {
  await database?.end()
  await stack?.stop()
})

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts the command, and answers what it says as it says it. */
const oblivion = (args: string[], env: Record<string, string> = {}) => started([main, ...args], stack.home, env)

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Starts a script of package.json, as `npm run` does. */
const script = async (name: string, args: string[], env: Record<string, string> = {}) => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const [node, ...words] = scripts[name]?.split(' ') ?? []
  expect(node).toBe('node')
  const placed = words.map((word) => (word.startsWith('apps/') ? join(root, word) : word))
  return started([...placed, ...args], stack.home, env)
}

const started = (args: string[], cwd: string, env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', OBLIVION_HOME: stack.home, LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal gives it one: Ctrl-C there is for all that is in it.
    detached: true,
  })
  running.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const heard = (words: string | RegExp) =>
    vi.waitUntil(() => (typeof words === 'string' ? text.includes(words) : words.exec(text)), { timeout: 90_000 })
  return { child, ended, heard, text: () => text }
}

const post = (inputs: readonly unknown[], terms: TaskPrice = { pricePerChunk: price }) =>
  createTask(customer, {
    task: {
      title: 'Room',
      program: { kind: 'builtin', name: 'raytrace' },
      inputs,
      ...terms,
      budget: price * BigInt(inputs.length),
      acknowledgeVisible: true,
    },
  })

/** A port that is free now. */
const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('RN-21, RN-22, SW-8, SW-13, SW-37, SW-38: two nodes compute a task byte for byte, tell their health, and end on SIGTERM; worker:dev starts again as a file changes', async () => {
  const { taskId } = await post(quick)
  const port = await freePort()
  const worker = oblivion(['worker', '-n', '2', '--dev'], {
    ENABLE_HEALTH_CHECK: 'true',
    HEALTH_CHECK_PORT: String(port),
  })
  await worker.heard(`health: http://127.0.0.1:${port}/health`)
  await vi.waitUntil(async () => (await getTask(customer, { taskId })).status === 'completed', { timeout: 90_000 })

  const { results } = await taskResults(customer, { taskId })
  expect(results).toHaveLength(quick.length)
  for (const { chunkIndex, result } of results) {
    expect(result).toEqual(await runProgram('raytrace', quick[chunkIndex] as RaytraceInput, { progress: () => {} }))
  }
  expect((await myEarnings(provider)).receipts).toHaveLength(quick.length)

  const health = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/health`)
    return { code: answer.status, ...((await answer.json()) as object) }
  }
  // The task is complete a moment before its worker has heard so.
  await expect.poll(health).toEqual({
    ...{ code: 200, status: 'healthy', worker_id: hostname(), active_jobs: 0 },
    uptime: expect.any(Number),
  })
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
  // Where it is taken, a free one.
  const second = await serveHealth(port, () => ({ status: 'healthy', worker_id: '', active_jobs: 0, uptime: 0 }))
  expect(second.port).not.toBe(port)
  second.close()

  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  await worker.heard('"stopped"')

  // The next start finds its own nodes again.
  const names = [1, 2].map((number) => `${machineName()}-${number}`)
  const nodes = async () => (await myNodes(provider)).sort((a, b) => a.hardwareId.localeCompare(b.hardwareId))
  for (const { nodeId } of await nodes()) await revokeNode(provider, { nodeId })
  const watched = await script('worker:dev', ['-n', '2'])
  await vi.waitUntil(async () => (await nodes()).every(({ hasKey }) => hasKey), { timeout: 90_000, interval: 200 })
  expect((await nodes()).map(({ hardwareId }) => hardwareId)).toEqual(names)
  // ENABLE_HEALTH_CHECK is false by default: no port.
  expect(watched.text()).not.toContain('health: ')
  await watched.heard(/works; Ctrl-C/)
  await utimes(main, new Date(), new Date())
  await watched.heard(/works; Ctrl-C.*works; Ctrl-C/s)
})

test('SW-5: a second worker of a wallet on the same machine takes other names, and those of one that died are free again', async () => {
  const name = (number: number) => `${machineName()}-${number}`
  const owner = crypto.randomUUID()
  expect(await takeNames(2, owner)).toEqual([name(1), name(2)])
  expect(await takeNames(1, owner)).toEqual([name(3)])
  expect(await takeNames(1, crypto.randomUUID())).toEqual([name(1)])

  // Where a place is a file, it is there still.
  const folder = await mkdtemp(join(tmpdir(), 'oblivion-names-'))
  const place = join(folder, 'place')
  const listens = `require('node:net').createServer().listen(process.argv[1], () => console.log('held'))`
  const child = spawn(process.execPath, ['-e', listens, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  running.push(child)
  await new Promise((resolve) => child.stdout.once('data', resolve))
  expect(await take(place)).toBe(false)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
  expect([await take(place), await take(place)]).toEqual([true, false])
  await rm(folder, { recursive: true })
})

test.each([
  { said: 'registered without customers’ programs', args: ['--strangers-programs'], strangersPrograms: false },
  { said: 'registered for customers’ programs too', args: [], strangersPrograms: true },
])('a node that brings its key says where it is $said and was started otherwise', async (given) => {
  const { nodeId, nodeSecret } = await registerNode(provider, {
    ...{ hardwareId: 'kept', workerType: 'server', capabilities: { strangersPrograms: given.strangersPrograms } },
  })
  const worker = oblivion(['worker', ...given.args], {
    ...{ SUPABASE_URL: stack.dev.supabaseUrl, SUPABASE_KEY: stack.dev.anonKey, NODE_ID: nodeId, NODE_KEY: nodeSecret },
  })
  await worker.heard(given.said)
})

test.each([
  // Ten USDC a second is the cap after a thousandth of it; nothing an hour is the least that a chunk may cost.
  { name: 'PRICE_PER_HOUR', args: [], rate: '36000', paid: price },
  { name: '--price-per-hour before it', args: ['--price-per-hour', '0'], rate: '0', paid: 100n },
])(
  'JM-16: a worker is paid for its time by $name, and the customer gets the rest back',
  async ({ args, rate, paid }) => {
    const { free } = await myBalance(customer)
    const { taskId } = await post(quick, { metered: { maxPricePerChunk: price } })
    const worker = oblivion(['worker', '--dev', '--account', '2', ...args], { PRICE_PER_HOUR: '36000' })
    await worker.heard(`each asks ${rate} USDC an hour`)
    await vi.waitUntil(async () => (await getTask(customer, { taskId })).status === 'completed', { timeout: 90_000 })
    const spent = paid * BigInt(quick.length)
    expect(await getTask(customer, { taskId })).toMatchObject({ metered: true, pricePerChunk: price, spent, held: 0n })
    expect((await myBalance(customer)).free).toBe(free - spent)
  },
)

test('DJ-30: a worker under a chosen name says what it can do, and gets what asks for it; one that does not say so gets none of it', async () => {
  const { taskId } = await createTask(customer, {
    task: {
      ...{ title: 'Special', program: { kind: 'builtin', name: 'raytrace' }, inputs: quick, pricePerChunk: price },
      ...{ budget: price * BigInt(quick.length), capabilities: ['avx 512', 'gpu'], acknowledgeVisible: true },
    },
  })
  const { nodeId } = await registerNode(provider, {
    ...{ hardwareId: 'plain', workerType: 'server', capabilities: { gpu: true, 'avx 512': false } },
  })
  expect(await explainClaim(provider, { nodeId })).toMatchObject({ reason: 'missing_capability' })
  const worker = oblivion(['worker', '--dev', '--account', '2', '--capability', 'gpu', '--capability=avx 512'], {
    ...{ CAPABILITIES: 'other', BOT_ID: 'my-bot-3' },
  })
  await worker.heard('each says that it has gpu, avx 512')
  await worker.heard('my-bot-3 works')
  await vi.waitUntil(async () => (await getTask(customer, { taskId })).status === 'completed', { timeout: 50_000 })
})

test('DJ-30, RN-21, RN-23, RN-24, RN-29, SW-37: Ctrl-C completes the job at hand, whose program does not hear of it', async () => {
  const { taskId } = await post(short)
  const worker = await script('worker', ['--dev', '-n', '2'], { WORKER_ID: 'pair' })
  await worker.heard(/"worker":"pair-[12]"/)
  const names = async () => (await myNodes(provider)).map(({ hardwareId }) => hardwareId)
  await expect.poll(names).toEqual(expect.arrayContaining(['pair-1', 'pair-2']))
  // Its process is up: one that is just being made belongs to the terminal's group for a moment.
  await worker.heard(' %"')
  process.kill(-(worker.child.pid as number), 'SIGINT')
  await worker.heard('completing 1 job(s)')
  expect(await worker.ended).toBe(0)
  expect(worker.text()).toContain('chunk 1 of “Room” accepted')
  expect((await getTask(customer, { taskId })).status).toBe('completed')
})

test('SW-37, SW-38: a second signal gives the job at hand back at once, and the next worker gets it', async () => {
  const { taskId } = await post(long)
  const worker = oblivion(['worker', '--dev', '--hardware-id', 'one'], {
    ENABLE_HEALTH_CHECK: 'true',
    HEALTH_CHECK_PORT: '0',
  })
  await worker.heard('raytrace: chunk 1 of 1')
  const [url = ''] = (await worker.heard(/http:\/\/127\.0\.0\.1:\d+\/health/)) as RegExpExecArray
  const health = async () => (await fetch(url)).json()
  expect(await health()).toMatchObject({ status: 'healthy', worker_id: 'one', active_jobs: 1 })
  worker.child.kill('SIGINT')
  await worker.heard('completing 1 job(s)')
  expect(await health()).toMatchObject({ status: 'finishing', active_jobs: 1 })
  worker.child.kill('SIGINT')
  expect(await worker.ended).toBe(0)
  await worker.heard('gave back chunk 1')
  expect((await getTask(customer, { taskId })).counts).toMatchObject({ processing: 0, pending: 1 })

  const next = oblivion(['worker', '--dev', '--account', '1'])
  await next.heard('raytrace: chunk 1 of 1 of “Room”, attempt 2')
})

/** A node with its key, and the environment of a machine that has no wallet. */
const keyOf = async (hardwareId: string): Promise<Registration & { readonly env: Record<string, string> }> => {
  const made = await registerNode(provider, { hardwareId, workerType: 'server' })
  const { supabaseUrl: SUPABASE_URL, anonKey: SUPABASE_KEY } = stack.dev
  return { ...made, env: { SUPABASE_URL, SUPABASE_KEY, NODE_ID: made.nodeId, NODE_KEY: made.nodeSecret } }
}

test('SW-40: a worker that is told of more jobs at once than its node may have computes each once', async () => {
  // Who has proved nothing has one job at a time over all nodes.
  await database.query('update oblivion.settings set proven_after = 0')
  const { taskId } = await post([...quick, ...quick])
  const { env, ...registration } = await keyOf('keen')
  const worker = oblivion(['worker', '--max-concurrent-jobs', '4'], env)
  await vi.waitUntil(async () => (await getTask(customer, { taskId })).status === 'completed', { timeout: 90_000 })
  const claims = [...worker.text().matchAll(/"type":"claim".*?"jobId":"([^"]+)"/g)].map(([, jobId]) => jobId)
  expect(claims).toHaveLength(2 * quick.length)
  expect(new Set(claims).size).toBe(claims.length)
  expect(worker.text()).not.toMatch(/gave back|refused/)
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)

  // Where the node is full all the same, as where its limit was lowered: by slots that the server does not allow.
  const { taskId: next } = await post([...quick, ...quick])
  const events: ServerWorkerEvent[] = []
  const keen = createServerWorker({
    ...{ supabaseUrl: env.SUPABASE_URL ?? '', supabaseKey: env.SUPABASE_KEY ?? '', maxConcurrentJobs: 4 },
    register: async () => ({ ...registration, settings: { ...registration.settings, maxJobs: 4 } }),
    onEvent: (event) => events.push(event),
  })
  const over = keen.run()
  await vi.waitUntil(async () => (await getTask(customer, { taskId: next })).status === 'completed', {
    timeout: 90_000,
  })
  await keen.finish()
  await over
  const reports = events.flatMap((event) => (event.type === 'report' ? [event.report] : []))
  expect(reports.map(({ outcome, accepted }) => ({ outcome, accepted }))).toEqual(
    claims.map(() => ({ outcome: 'succeeded', accepted: true })),
  )
  await database.query('update oblivion.settings set proven_after = 30')
})

test('SW-44: a worker with a kept key that was killed gives its job back when it starts again, and takes none of a living one', async () => {
  await database.query('update oblivion.settings set heartbeat_seconds = 1')
  const { taskId } = await post(long)
  const { env } = await keyOf('kept')
  const first = oblivion(['worker'], env)
  await first.heard('raytrace: chunk 1 of 1')
  // As many as it computes, of the two that it may: a second job would be one whose answer nobody heard.
  const { rows } = await database.query('select max_jobs from public.nodes where id = $1', [env.NODE_ID])
  expect(rows).toEqual([{ max_jobs: 1 }])
  // While it lives, a second one looks, and leaves it alone.
  const second = oblivion(['worker'], env)
  await second.heard('left jobs')
  await second.heard('another process works with this key')
  second.child.kill('SIGKILL')
  expect((await getTask(customer, { taskId })).counts).toMatchObject({ processing: 1 })
  expect(first.text()).not.toContain('gave back')

  first.child.kill('SIGKILL')
  await first.ended
  // Who gave a job back gets it again where nobody else is online.
  await database.query(
    `update public.nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'
    where id <> $1`,
    [env.NODE_ID],
  )
  const next = oblivion(['worker'], env)
  await next.heard('raytrace: chunk 1 of 1 of “Room”, attempt 2')
  await database.query('update oblivion.settings set heartbeat_seconds = 15')
  await database.query(`update public.jobs set status = 'cancelled' where task_id = $1`, [taskId])
})

test('SW-6, SW-13: what is missing or wrong is named, in one sentence; .env.local is read, and a service key is not used', async () => {
  const said = async (args: string[], env: Record<string, string> = {}) => {
    const command = oblivion(args, env)
    return [await command.ended, command.text().trim()]
  }
  // As `npm run worker` and `npm run worker:prod`.
  for (const command of await Promise.all(['worker', 'worker:prod'].map((name) => script(name, [])))) {
    expect([await command.ended, command.text()]).toEqual([1, expect.stringContaining('SUPABASE_URL is not set')])
  }
  const project = { NEXT_PUBLIC_SUPABASE_URL: stack.dev.supabaseUrl, NEXT_PUBLIC_SUPABASE_ANON_KEY: stack.dev.anonKey }
  const file = join(stack.home, '.env.local')
  const lines = Object.entries({ ...project, SUPABASE_SERVICE_ROLE_KEY: 'x' }).map(
    ([name, value]) => `${name}=${value}\n`,
  )
  await writeFile(file, lines.join(''))
  const [code, words] = await said(['worker'])
  await rm(file)
  expect(code).toBe(2)
  for (const word of ['A worker needs NODE_ID and NODE_KEY', 'SUPABASE_SERVICE_ROLE_KEY is not used'])
    expect(words).toContain(word)
  expect(() => readLocalStack({ NODE_ENV: 'production', OBLIVION_HOME: stack.home })).toThrow('NODE_ENV is production')
  expect(await said(['worker', '-n', '0', '--dev'])).toEqual([2, '-n takes a whole number from 1 to 64.'])
  expect(await said(['worker', '--dev'], { OBLIVION_HOME: '/nowhere' })).toEqual([
    2,
    expect.stringContaining('No local stack runs here'),
  ])
  expect(await said(['worker', '--dev', '--price-per-hour', 'much'])).toEqual([
    2,
    expect.stringContaining('--price-per-hour takes an amount in USDC'),
  ])
  expect(await said(['worker', '--dev'], { PRICE_PER_HOUR: '-1' })).toEqual([
    1,
    expect.stringContaining('PRICE_PER_HOUR is not an amount'),
  ])
  const key = { ...project, NODE_ID: '00000000-0000-4000-8000-000000000000', NODE_KEY: 'obn_none' }
  expect(await said(['worker'], { ...key, PRICE_PER_HOUR: '0.25' })).toEqual([
    2,
    expect.stringContaining('leave the price out'),
  ])
  expect(await said(['worker'], { ...key, CAPABILITIES: 'gpu, avx' })).toEqual([
    2,
    expect.stringContaining('leave the capabilities out'),
  ])
  expect(await said(['worker', '--dev', '--capability', 'gpu,avx'])).toEqual([
    2,
    expect.stringContaining('A capability is a name of 1 to 100 characters without commas, such as gpu.'),
  ])
  expect(await said(['worker', '--dev'], { CAPABILITIES: 'strangersPrograms' })).toEqual([
    2,
    expect.stringContaining('--strangers-programs'),
  ])
  expect(await said(['worker'], key)).toEqual([1, expect.stringContaining('OB004')])
})
