import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Client,
  createClient,
  createTask,
  getNetworkStats,
  getTask,
  getWorkerStats,
  myBalance,
  myEarnings,
  myNodes,
  taskResults,
} from '@oblivion/client'
import { type RaytraceInput, raytraceInputs, runProgram } from '@oblivion/programs'
import { startTestStack, type TestStack } from '@oblivion/stack/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { developmentWallet } from '../src/readLocalStack.ts'
import { signIn } from '../src/worker/signIn.ts'

// The Python node beside `oblivion worker`: processes of their own, against the real gateway, database and coordinator.

const price = 10_000n
const tiny = raytraceInputs({ width: 80, height: 45, tileWidth: 10, tileHeight: 8, samples: 6 })
/** A second or two of Python. */
const short = raytraceInputs({ width: 100, height: 100, tileWidth: 100, tileHeight: 100, samples: 4 })
/** Minutes of it. */
const long = raytraceInputs({ width: 100, height: 100, tileWidth: 100, tileHeight: 100, samples: 4096 })

let stack: TestStack
let customer: Client
let database: pg.Client
const running: ChildProcess[] = []

const clientOf = async (role: 'customer' | 'provider', account: number): Promise<Client> => {
  const { supabaseUrl, anonKey: supabaseKey } = stack.dev
  const token = await signIn(developmentWallet(stack.dev as never, role, account), AbortSignal.timeout(10_000))
  return createClient({ supabaseUrl, supabaseKey, accessToken: async () => token })
}

beforeAll(async () => {
  stack = await startTestStack({ pages: false, coordinator: true })
  database = new pg.Client({ connectionString: stack.dev.databaseUrl })
  await database.connect()
  customer = await clientOf('customer', 0)
  await vi.waitUntil(async () => (await myBalance(customer)).free > 0n, { timeout: 60_000, interval: 200 })
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await database?.end()
  await stack?.stop()
})

const python = process.env.PYTHON_PATH ?? '/usr/bin/python3'
const script = fileURLToPath(new URL('../../python-worker/sharded_worker.py', import.meta.url))
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts a command in the stack's folder, and answers what it says as it says it. */
const start = (file: string, args: string[], env: Record<string, string> = {}) => {
  const child = spawn(file, args, {
    cwd: stack.home,
    env: { PATH: process.env.PATH ?? '', OBLIVION_HOME: stack.home, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const heard = (words: string) => vi.waitUntil(() => text.includes(words), { timeout: 50_000 })
  return { child, ended, heard, text: () => text }
}
const node = (args: string[], env?: Record<string, string>) => start(python, [script, ...args], env)
const oblivion = (args: string[], env?: Record<string, string>) => start(process.execPath, [main, ...args], env)

const post = (inputs: readonly unknown[]) =>
  createTask(customer, {
    task: {
      title: 'Room',
      program: { kind: 'builtin', name: 'raytrace' },
      inputs,
      pricePerChunk: price,
      budget: price * BigInt(inputs.length),
      acknowledgeVisible: true,
    },
  })
const completed = (taskId: string) =>
  vi.waitUntil(async () => (await getTask(customer, { taskId })).status === 'completed', { timeout: 50_000 })

test('FJ-1, FJ-2, FJ-18, FJ-20, FJ-22, FJ-23, FJ-24, FJ-26: a Python node with its own key and a server share a task, byte for byte', async () => {
  // The wallet's machine registers it; the one that works has the two lines, and no wallet.
  const registered = oblivion([
    'register',
    '--worker-type',
    'python',
    '--dev',
    '--account',
    '1',
    '--hardware-id',
    'box',
  ])
  expect(await registered.ended).toBe(0)
  writeFileSync(
    join(stack.home, '.env.local'),
    registered.text().replace(/^(?!NODE_).*$/gm, '') +
      `\nSUPABASE_URL=${stack.dev.supabaseUrl}\nNEXT_PUBLIC_SUPABASE_ANON_KEY="${stack.dev.anonKey}" # public\n`,
  )
  const { rpcUrl: RPC_URL, settlementAddress: CONTRACT_ADDRESS } = stack.dev
  const worker = node(['-n', '1'], { RPC_URL, PRIVATE_KEY: 'never read' })
  const server = oblivion(['worker', '--dev', '--account', '0'])
  await worker.heard('registered as python under the hardware id box; it earns for 0x')
  await worker.heard('PRIVATE_KEY is not used')
  await worker.heard('CONTRACT_ADDRESS not set')
  await server.heard('works; Ctrl-C')
  // Both are there, and ask again within three seconds: less than either takes for all of it.
  const { taskId } = await post(tiny)
  await completed(taskId)
  await server.heard('accepted')

  const { results } = await taskResults(customer, { taskId })
  for (const { chunkIndex, result } of results) {
    expect(result).toEqual(await runProgram('raytrace', tiny[chunkIndex] as RaytraceInput))
  }
  const done = await Promise.all(
    [1, 0].map(async (account) => (await myEarnings(await clientOf('provider', account))).receipts.length),
  )
  expect(Math.min(...done)).toBeGreaterThan(0)
  expect(done[0]! + done[1]!).toBe(tiny.length)
  const { supabaseUrl, anonKey: supabaseKey } = stack.dev
  const anyone = createClient({ supabaseUrl, supabaseKey })
  await expect.poll(async () => (await getNetworkStats(anyone)).byType).toEqual({ browser: 0, server: 1, python: 1 })
  const shown = (await getWorkerStats(anyone)).find(({ worker_type }) => worker_type === 'python')
  // Of the two jobs that it may have at once it takes one.
  expect(shown).toMatchObject({ online: true, max_jobs: 1, total_jobs_completed: done[0] })

  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  await worker.heard('"stopped"')
  // The other way round: both variables, and a contract that is there.
  const again = node(['-n', '2'], { RPC_URL, CONTRACT_ADDRESS })
  await again.heard(`earnings settle on chain 31337 in ${CONTRACT_ADDRESS}`)
  await again.heard('2 process(es) for 1 node(s)')
  // Killed, one of them might have asked, and be given the next test's job.
  for (const { child, ended } of [again, server]) {
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  }
})

test('SW-37: SIGTERM completes the job at hand; a second signal gives it back at once', async () => {
  const { taskId } = await post(short)
  const worker = node(['--dev', '-n', '1', '--account', '2', '--price-per-hour', '0.25'])
  await worker.heard('asks 0.25 USDC an hour')
  await worker.heard('raytrace: chunk 1 of 1')
  worker.child.kill('SIGTERM')
  await worker.heard('completing 1 job(s)')
  expect(await worker.ended).toBe(0)
  expect(worker.text()).toContain('chunk 1 of “Room” accepted after')
  expect((await getTask(customer, { taskId })).status).toBe('completed')

  const { taskId: endless } = await post(long)
  const other = node(['--dev', '-n', '1', '--account', '2'])
  await other.heard('raytrace: chunk 1 of 1')
  other.child.kill('SIGINT')
  await other.heard('completing 1 job(s)')
  other.child.kill('SIGINT')
  expect(await other.ended).toBe(0)
  expect(other.text()).toContain('gave back chunk 1')
  expect((await getTask(customer, { taskId: endless })).counts).toMatchObject({ processing: 0, pending: 1 })
  await database.query('update public.jobs set status = $1 where status = $2', ['cancelled', 'pending'])
})

test('FJ-14: its job outlives a kill -9, its process does not, and the next node gets it', async () => {
  const { taskId } = await post(long)
  const worker = node(['--dev', '-n', '1', '--account', '3', '--hardware-id', 'doomed'])
  await worker.heard('raytrace: chunk 1 of 1')
  const [job = ''] = await vi.waitUntil(() => childrenOf(worker.child.pid), { timeout: 50_000 })
  await expect.poll(() => commandOf(job)).toContain('oblivion_worker.run_job')
  worker.child.kill('SIGKILL')
  await worker.ended
  await expect.poll(() => commandOf(job)).toBe('')
  expect((await getTask(customer, { taskId })).counts).toMatchObject({ processing: 1 })
  // Ten minutes later, when those before it are away as well: one of them may be proven, and a newcomer wait for it.
  await database.query(
    `update public.nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'`,
  )
  await database.query(`update public.jobs set lease_expires_at = now() - interval '1 second' where task_id = $1`, [
    taskId,
  ])
  const next = node(['--dev', '-n', '1', '--account', '2'])
  await next.heard('raytrace: chunk 1 of 1 of “Room”, attempt 2')
})

test('SW-44: killed and started again with its own key, it gives its job back; another process with the key takes nothing of it', async () => {
  await database.query('update oblivion.settings set heartbeat_seconds = 1')
  const registered = oblivion(['register', '--worker-type', 'python', '--dev', '--account', '3', '--json'])
  expect(await registered.ended).toBe(0)
  const [{ nodeId: NODE_ID, nodeKey: NODE_KEY }] = JSON.parse(registered.text())
  const env = { SUPABASE_URL: stack.dev.supabaseUrl, SUPABASE_KEY: stack.dev.anonKey, NODE_ID, NODE_KEY }
  const { taskId } = await post(long)
  const first = node(['-n', '1'], env)
  await first.heard('raytrace: chunk 1 of 1')
  const second = node(['-n', '1'], env)
  await second.heard('left jobs')
  await second.heard('another process works with this key')
  second.child.kill('SIGKILL')
  expect((await getTask(customer, { taskId })).counts).toMatchObject({ processing: 1 })
  expect(first.text()).not.toContain('not wanted')

  first.child.kill('SIGKILL')
  await first.ended
  // Who gave a job back gets it again where nobody else is online.
  await database.query(
    `update public.nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'
    where id <> $1`,
    [env.NODE_ID],
  )
  const next = node(['-n', '1'], env)
  await next.heard('raytrace: chunk 1 of 1 of “Room”, attempt 2')
  await database.query('update oblivion.settings set heartbeat_seconds = 15')
  await database.query('update public.jobs set status = $1 where task_id = $2', ['cancelled', taskId])
})

/** Of a process that may be gone, or a thread: empty then. */
const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}
const commandOf = (pid: string): string => readProc(`${pid}/cmdline`)

/** The processes that any of its threads has started, once there are some. */
const childrenOf = (pid: number | undefined): string[] | null =>
  readdirSync(`/proc/${pid}/task`)
    .map((thread) => readProc(`${pid}/task/${thread}/children`))
    .join('')
    .match(/\d+/g)

test('the keys that were made are shown where a later one fails, and what has none is named', async () => {
  // With its number the tenth name has a character too many.
  const name = 'x'.repeat(198)
  const register = (...more: string[]) =>
    oblivion(['register', '--worker-type', 'python', '--dev', '--hardware-id', name, '-n', '11', ...more])
  const people = register()
  expect(await people.ended).toBe(1)
  const nine = 'obn_[^,\\s]+(,obn_[^,\\s]+){8}'
  expect(people.text()).toMatch(new RegExp(`^NODE_KEY=${nine}$`, 'm'))
  expect(people.text()).toContain(`Without a key: ${name}-10, ${name}-11.`)
  expect(people.text()).toContain('OB005')
  const machines = register('--json')
  expect(await machines.ended).toBe(1)
  const [made, error] = machines.text().trim().split('\n')
  expect(JSON.parse(made ?? '')).toHaveLength(9)
  expect(JSON.parse(error ?? '')).toMatchObject({ code: 'OB005' })
})

test('FJ-22, FJ-28: what is missing or wrong is named, in one sentence', async () => {
  const said = async (args: string[], env: Record<string, string> = {}) => {
    writeFileSync(join(stack.home, '.env.local'), '')
    const command = node(args, env)
    return [await command.ended, command.text().trim()]
  }
  const naming = (...words: string[]) => expect.stringMatching(new RegExp(words.join('.*'), 's'))
  const project = { SUPABASE_URL: stack.dev.supabaseUrl, SUPABASE_KEY: stack.dev.anonKey }
  const [mine] = await myNodes(await clientOf('provider', 0))
  const wrong = { ...project, NODE_ID: mine?.nodeId ?? '', NODE_KEY: 'obn_wrong' }
  const registered = oblivion(['register', '--worker-type', 'server', '--dev', '--json'])
  expect(await registered.ended).toBe(0)
  const [{ nodeId, nodeKey }] = JSON.parse(registered.text())
  const pair = oblivion(['register', '--worker-type', 'python', '--dev', '-n', '2'])
  expect(await pair.ended).toBe(0)
  const [NODE_ID = '', NODE_KEY = ''] = [/NODE_ID=.*,(.*)/, /NODE_KEY=(.*),/].map((line) => line.exec(pair.text())?.[1])
  expect(NODE_KEY).toMatch(/^obn_/)
  const answers = await Promise.all([
    said([]),
    said([], { ...project, NODE_ID: 'x' }),
    said([], wrong),
    said([], { ...project, NODE_ID, NODE_KEY }),
    said([], { ...project, NODE_ID: nodeId, NODE_KEY: nodeKey }),
    said([], { ...wrong, SUPABASE_URL: 'http://127.0.0.1:9' }),
    said(['--dev'], { OBLIVION_HOME: '/nowhere' }),
    said(['--dev', '--price-per-hour', 'much']),
    said(['--dev', '-n', '0']),
    said(['--dev', '--account', '9']),
  ])
  expect(answers).toEqual([
    [2, naming('SUPABASE_URL', 'SUPABASE_KEY', 'NODE_ID', 'NODE_KEY', 'oblivion register --worker-type python')],
    [2, naming('^Not set: NODE_KEY', '--dev')],
    [2, naming('NODE_KEY is not the key of node', 'OB004')],
    // The key of another of the wallet's nodes.
    [2, naming('NODE_KEY is not the key of node', 'OB004')],
    [2, naming('is registered as server', 'oblivion register --worker-type python')],
    [1, naming('The server cannot be reached', 'OB101')],
    [2, naming('No local stack runs here: /nowhere/dev.json')],
    [2, naming('--price-per-hour takes an amount in USDC')],
    [2, '-n takes a whole number from 1 to 64.'],
    [2, 'The local stack has the accounts 0 to 3.'],
  ])
  const refused = async (args: string[]) => {
    const command = oblivion(['register', ...args])
    return [await command.ended, command.text().trim()]
  }
  expect(await refused(['--worker-type', 'toaster', '--dev'])).toEqual([2, '--worker-type is one of python, server.'])
  expect(await refused(['--worker-type', 'python', '--strangers-programs', '--dev'])).toEqual([
    2,
    naming('built-in programs alone'),
  ])
})
