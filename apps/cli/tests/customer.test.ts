import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Client,
  changePlayMoney,
  createApiKey,
  createClient,
  listApiKeys,
  listTasks,
  myBalance,
  revokeApiKey,
} from '@oblivion/client'
import { type CreatedApiKey, sha256Hex } from '@oblivion/core'
import { startTestStack, type TestStack } from '@oblivion/stack/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { calledAs } from '../src/calledAs.ts'
import { callAgain } from '../src/customer/callAgain.ts'
import { eachFailure } from '../src/customer/eachFailure.ts'
import { failureText, quoted } from '../src/customer/failureText.ts'
import { developmentWallet } from '../src/readLocalStack.ts'
import { signIn } from '../src/worker/signIn.ts'

// `oblivion submit`, `watch`, `results` and `cancel` as a customer's script starts them: processes of their own with an API
// key, against the real gateway, database, Storage and coordinator.

let stack: TestStack
let wallet: Client
let apiKey: CreatedApiKey
const running: ChildProcess[] = []

beforeAll(async () => {
  stack = await startTestStack({ pages: false, coordinator: true, environment: { WALLET_SANDBOX_ENABLED: 'true' } })
  const { supabaseUrl, anonKey: supabaseKey } = stack.dev
  const token = await signIn(developmentWallet(stack.dev as never, 'customer', 0), AbortSignal.timeout(90_000))
  wallet = createClient({ supabaseUrl, supabaseKey, accessToken: async () => token })
  apiKey = await createApiKey(wallet, {
    apiKey: { name: 'A script', scopes: ['read', 'tasks'], spendingLimit: 1_000_000n },
  })
  await vi.waitUntil(async () => (await myBalance(wallet)).free > 0n, { timeout: 90_000, interval: 200 })
  await writeFile(
    join(stack.home, 'grow.js'),
    'export default (input) => ({ ...input, rows: "x".repeat(input.rows) })\n',
  )
  // What turns the direction of reading, and one sign that begins a terminal's commands.
  const rows = '{"n":0,"rows":1,"mark":"\\u202e\\u009b"}\n{"n":1,"rows":100000}\n{"n":2,"rows":3}\n'
  await writeFile(join(stack.home, 'in.ndjson'), rows)
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => stack?.stop())

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts a command by the API key, in the stack's folder. */
const start = (args: string[], env: Record<string, string> = {}) => launch(process.execPath, [main, ...args], env)
const launch = (file: string, words: string[], env: Record<string, string> = {}) => {
  const child = spawn(file, words, {
    cwd: stack.home,
    env: {
      ...{ PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '' },
      OBLIVION_HOME: stack.home,
      ...{ SUPABASE_URL: stack.dev.supabaseUrl, SUPABASE_KEY: stack.dev.anonKey, OBLIVION_API_KEY: apiKey.key },
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  running.push(child)
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (part: string) => (said.out += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (said.err += part))
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return { child, ended, said }
}
const oblivion = async (args: string[], env: Record<string, string> = {}, input = '') => {
  const { child, ended, said } = start(args, env)
  child.stdin.end(input)
  return { code: await ended, ...said }
}
/** The same at a terminal of its own, which types and shows all by one stream. */
const atTerminal = (args: string[]) => {
  const words = [process.execPath, main, ...args].map((word) => `'${word}'`)
  return launch('script', ['--quiet', '--return', '--command', words.join(' '), '/dev/null'])
}
const submit = (...args: string[]) =>
  oblivion(['submit', '--program', 'grow.js', '--price', '0.01', '--acknowledge-visible', '--json', ...args])
const post = async (...args: string[]) => {
  const { code, out, err } = await submit(...args)
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as { taskId: string; chunkCount: number }
}

test('RN-18, RN-22: a task is posted by files, watched to its end, and its results are kept by their hashes, large ones too', async () => {
  const { taskId, chunkCount } = await post('--inputs', 'in.ndjson')
  expect(chunkCount).toBe(3)
  const early = await oblivion(['results', taskId])
  expect([early.code, early.out]).toEqual([0, ''])
  expect(early.err).toContain('0 of 3 chunks are accepted so far')

  const watch = start(['watch', taskId])
  await vi.waitUntil(() => watch.said.out.includes('\n'), { timeout: 90_000 })
  start(['worker', '--dev', '--strangers-programs'])
  expect(await watch.ended).toBe(0)
  expect(watch.said.out).toMatch(/^0 of 3 accepted, 0 USDC of 0\.03 USDC spent\n/)
  expect(watch.said.out).toContain('completed: 3 of 3 chunks accepted, 0.03 USDC spent; the rest is free again.')

  const { code, out } = await oblivion(['results', taskId])
  expect(code).toBe(0)
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(
    lines.map(({ chunkIndex, result, storedBytes }) => [chunkIndex, result.n, result.rows.length, storedBytes]),
  ).toEqual([
    [0, 0, 1, null],
    [1, 1, 100_000, 100_017],
    [2, 2, 3, null],
  ])
  const behind = await oblivion(['results', taskId, '--after', '1'])
  expect(behind.out.trimEnd().split('\n')).toEqual([out.trimEnd().split('\n')[2]])

  const folder = join(stack.home, 'kept')
  const keep = () => oblivion(['results', taskId, '--out', folder])
  expect((await keep()).out).toBe(`3 results in ${folder}, 3 of them new.\n`)
  expect((await readdir(folder)).sort()).toEqual(['000000.json', '000001.json', '000002.json'])
  for (const { chunkIndex, resultHash } of lines)
    expect(sha256Hex(await readFile(join(folder, `00000${chunkIndex}.json`)))).toBe(resultHash)
  // What was cut off is read again, and nothing else.
  await writeFile(join(folder, '000001.json'), '{"n":1')
  expect((await keep()).out).toBe(`3 results in ${folder}, 1 of them new.\n`)
  expect((await keep()).out).toBe(`3 results in ${folder}, 0 of them new.\n`)

  // And what it was posted with: as lines, which submit takes, and as files.
  const given = (await readFile(join(stack.home, 'in.ndjson'), 'utf8')).trimEnd().split('\n')
  const posted = await oblivion(['posted', taskId])
  expect(
    posted.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(given.map((line) => JSON.parse(line)))
  const own = await oblivion(['posted', taskId, '--out', folder])
  expect(own.out).toBe(`data.json, program.js in ${folder}: 3 inputs.\n`)
  expect(await readFile(join(folder, 'program.js'))).toEqual(await readFile(join(stack.home, 'grow.js')))
  expect(JSON.parse(await readFile(join(folder, 'data.json'), 'utf8'))).toEqual(given.map((line) => JSON.parse(line)))
})

test('what failed is said: by watch the first of it, by results each, the same for machines', async () => {
  await writeFile(
    join(stack.home, 'fail.js'),
    'export default ({ start }) => { if (start > 30) throw new Error("no \\u001b[31m " + start); return start }\n',
  )
  const rows = [30, 31, 32].map((start) => `{ "start": ${start} }\n`)
  await writeFile(join(stack.home, 'some.ndjson'), rows.join(''))
  const worker = (account: string) => start(['worker', '--dev', '--account', account, '--strangers-programs'])
  // Known here once it has worked, and proven from then on.
  const providers = stack.dev.accounts.filter(({ role }) => role === 'provider')
  const known = worker('1')
  await vi.waitFor(() => stack.establish(providers[1]?.address ?? ''), { timeout: 90_000, interval: 200 })
  known.child.kill('SIGINT')
  await known.ended
  const { taskId } = JSON.parse((await submit('--program', 'fail.js', '--inputs', 'some.ndjson')).out)
  const watch = start(['watch', taskId])
  const stranger = worker('0')
  await vi.waitUntil(
    () =>
      [2, 3].every((chunk) =>
        new RegExp(`program of chunk ${chunk} .*failed`).test(stranger.said.out + stranger.said.err),
      ),
    {
      timeout: 90_000,
    },
  )
  worker('1')
  expect(await watch.ended).toBe(1)
  const said = /chunk 1 failed: "[^"]*no \\u001b\[31m 31[^"]*", say two owners; 0x[0-9a-f]{40} was paid 0\.0095 USDC/
  expect(watch.said.out).toContain('failed: 1 of 3 chunks accepted, 2 failed, 0.03 USDC spent; the rest is free again.')
  expect(watch.said.out).toMatch(said)
  expect(watch.said.out).not.toContain('\u001b[31m')

  const people = await oblivion(['results', taskId])
  expect([people.code, people.out.trimEnd().split('\n').length]).toEqual([0, 1])
  expect(people.err).toMatch(said)
  expect(people.err).toMatch(/chunk 2 failed: .*no \\u001b\[31m 32.*\nChunks are counted from 0 here, [^\n]*\n$/)
  // As the file has them, to be posted again.
  const failed = await oblivion(['results', taskId, '--failed-inputs', 'some.ndjson'])
  expect(failed).toEqual({ code: 0, out: rows.slice(1).join(''), err: '2 of 3 chunks failed or were cancelled.\n' })
  const other = await oblivion(['results', taskId, '--failed-inputs', 'some.ndjson', '--rows-per-chunk', '2'])
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('makes 2 chunks of 2 rows, and this task has 3')])
  const machines = await oblivion(['results', taskId, '--json', '--after', '0'])
  const lines = machines.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect([machines.err, lines]).toEqual([
    '',
    [1, 2].map((chunkIndex) =>
      expect.objectContaining({
        ...{ failed: true, chunkIndex, reward: '9500' },
        error: expect.stringContaining(`no \u001b[31m ${30 + chunkIndex}`),
      }),
    ),
  ])
  const again = await oblivion(['watch', taskId, '--json'])
  expect([again.code, JSON.parse(again.out.trimEnd().split('\n').at(-1) ?? '')]).toEqual([
    1,
    expect.objectContaining({ failed: true, chunkIndex: 1 }),
  ])
})

test('of failed chunks what was confirmed stands beside each, page by page, and no text moves a terminal', async () => {
  const confirmed = [1, 3, 5, 7].map((chunkIndex) => ({
    ...{ chunkIndex, stage: 0, error: 'no', errorHash: 'ab', provider: '0x1', attempt: 2, failedAt: '', reward: '950' },
  }))
  const asked: number[] = []
  const client: Client = {
    call: async (_, args) => {
      const { p_after } = args as { p_after: number }
      asked.push(p_after)
      const failures = confirmed.filter(({ chunkIndex }) => chunkIndex > p_after).slice(0, 2)
      return { failures, next: failures.length === 2 ? failures[1]?.chunkIndex : null }
    },
  }
  const found: unknown[] = []
  // 3 was done after a replica of it failed; 4 and 6 were confirmed by nobody.
  for await (const each of eachFailure(client, { view: { taskId: 't', chunks: 'cfpcffff' }, after: -1 }))
    found.push([each.chunkIndex, each.confirmed?.error ?? null])
  expect(found).toEqual([
    [1, 'no'],
    [4, null],
    [5, 'no'],
    [6, null],
    [7, 'no'],
  ])
  expect(asked).toEqual([0, 3])
  expect(failureText({ chunkIndex: 4, confirmed: null }, 'chain')).toBe(
    'chunk 4 failed; no two owners confirm why, so it is not paid',
  )
  expect(quoted('a\n\u001b[2J\u009b1A\u202e\u2028"')).toBe(String.raw`"a\n\u001b[2J\u009b1A\u202e\u2028\""`)
  expect(quoted('x'.repeat(1000)).length).toBeLessThan(410)
})

test('RN-18: a file of more than a call takes goes to Storage, by groups of rows; a limit is named before anything is sent', async () => {
  // 9.6 MB: more than create_task takes as a text.
  const row = (n: number) => `${JSON.stringify({ n, rows: 1, text: 'y'.repeat(60_000) })}\n`
  await writeFile(join(stack.home, 'much.ndjson'), Array.from({ length: 160 }, (_, n) => row(n)).join(''))
  const { taskId, chunkCount } = await post('--inputs', 'much.ndjson', '--rows-per-chunk', '50')
  expect(chunkCount).toBe(4)
  await oblivion(['cancel', taskId])
  const { code, err, out } = await oblivion([
    ...['results', taskId, '--failed-inputs', 'much.ndjson', '--rows-per-chunk', '50'],
  ])
  expect([code, err]).toEqual([0, '4 of 4 chunks failed or were cancelled.\n'])
  expect(sha256Hex(out)).toBe(sha256Hex(await readFile(join(stack.home, 'much.ndjson'))))
  const read = await oblivion(['posted', taskId, '--json', '--out', join(stack.home, 'much')])
  expect(JSON.parse(read.out)).toEqual({
    taskId,
    folder: join(stack.home, 'much'),
    inputs: 4,
    programs: ['program.js'],
  })
  const groups = JSON.parse(await readFile(join(stack.home, 'much', 'data.json'), 'utf8')) as { n: number }[][]
  expect(groups.map((rows) => rows.length)).toEqual([50, 50, 50, 10])
  expect(groups.flat().map(({ n }) => n)).toEqual(Array.from({ length: 160 }, (_, n) => n))

  await writeFile(join(stack.home, 'many.csv'), `a,b\n${`1,${'z'.repeat(800)}\n`.repeat(25_000)}`)
  const many = await submit('--inputs', 'many.csv', '--estimate')
  expect([many.code, JSON.parse(many.err).message]).toEqual([
    2,
    expect.stringMatching(/^many\.csv makes 25000 chunks\..* 10000 at most: give --rows-per-chunk 3 or more/),
  ])
  expect(JSON.parse((await submit('--inputs', 'many.csv', '--rows-per-chunk', '3', '--estimate')).out)).toMatchObject({
    chunkCount: 8_334,
  })
  await writeFile(join(stack.home, 'huge.json'), JSON.stringify(['x'.repeat(16 * 1_048_576)]))
  expect((await submit('--inputs', 'huge.json')).err).toContain('huge.json: Row 1 has more than 16 MiB.')
})

test('what it costs is said first; without a yes nothing is posted', async () => {
  const before = (await listTasks(wallet)).length
  const words = ['submit', '--program', 'grow.js', '--inputs', 'in.ndjson', '--price', '0.01', '--replicas', '2']
  const estimate = await oblivion([...words, '--estimate'])
  expect(estimate.code).toBe(0)
  expect(estimate.out).toMatch(
    /^“in”: 3 chunks, 6 jobs at 0\.01 USDC: 0\.06 USDC, if every one is accepted\.\n0\.06 USDC are held until it ends, of [\d.]+ USDC that are free\.\n$/,
  )
  expect(JSON.parse((await oblivion([...words, '--estimate', '--json'])).out)).toMatchObject({
    jobCount: 6,
    cost: '60000',
  })
  const capped = ['submit', '--program', 'grow.js', '--inputs', 'in.ndjson', '--metered-cap', '0.01', '--estimate']
  expect((await oblivion(capped)).out).toContain(
    '“in”: 3 chunks for at most 0.01 USDC: at most 0.03 USDC, if every one is accepted.',
  )
  const large = await oblivion([
    'submit',
    '--program',
    'grow.js',
    '--inputs',
    'in.ndjson',
    '--price',
    '400',
    '--estimate',
  ])
  expect(large.out).toMatch(/Your daily cap leaves [\d.]+ USDC, so this will be refused \(OB096\)\. A raise/)
  const unasked = await oblivion(words)
  expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('--acknowledge-visible')])
  expect((await listTasks(wallet)).length).toBe(before)
})

test('RN-32: a task file, a pipe and a range; flags stand in place of the file’s fields', async () => {
  const task = {
    ...{ title: 'From a file', program: { kind: 'builtin', name: 'raytrace' }, acknowledgeVisible: true },
    ...{ inputs: [1, 2], pricePerChunk: '500', budget: '5000', maxAttempts: 2 },
  }
  await writeFile(join(stack.home, 'task.json'), JSON.stringify(task))
  const fromFile = await oblivion(['submit', 'task.json', '--json'])
  const { taskId } = JSON.parse(fromFile.out)
  const ranged = await oblivion([
    'submit',
    'task.json',
    '--range',
    '0:10:3',
    '--title',
    'Ranged',
    '--budget',
    '0.002',
    '--json',
  ])
  const piped = await oblivion(
    ['submit', '--program', 'grow.js', '--price', '0.001', '--inputs', '-', '--acknowledge-visible', '--json'],
    {},
    '{"n":1,"rows":1}\n\n{"n":2,"rows":1}\n',
  )
  const listed = await listTasks(wallet)
  const found = (json: string) => listed.find((each) => each.taskId === JSON.parse(json).taskId)
  expect(found(fromFile.out)).toMatchObject({
    title: 'From a file',
    chunkCount: 2,
    budget: 5000n,
    terms: { maxAttempts: 2 },
  })
  expect(found(ranged.out)).toMatchObject({ title: 'Ranged', chunkCount: 4, pricePerChunk: 500n, budget: 2000n })
  expect(found(piped.out)).toMatchObject({ title: 'grow', chunkCount: 2, budget: 2000n })
  const more = '--attempts 5 --priority 7 --capability gpu --capability=avx --worker-type server --assign'.split(' ')
  const metered = await oblivion([
    ...['submit', 'task.json', '--metered-cap', '0.002', '--max-price-per-hour', '0.25', ...more, '--json'],
  ])
  expect(JSON.parse(metered.out)).toMatchObject({ terms: { metered: true }, assigned: { jobs: 0, until: null } })
  expect((await listTasks(wallet)).find(({ taskId }) => taskId === JSON.parse(metered.out).taskId)).toMatchObject({
    ...{ metered: true, pricePerChunk: 2000n, budget: 5000n, terms: { maxAttempts: 5, priority: 7 } },
    needs: { capabilities: ['avx', 'gpu'], workerTypes: ['server'], maxPricePerHour: 250_000n },
  })
  // An input that no call takes goes to Storage.
  await writeFile(join(stack.home, 'large.json'), JSON.stringify([{ n: 0, rows: 1, text: 'y'.repeat(90_000) }]))
  const large = await post('--inputs', 'large.json')

  const cancelled = await oblivion(['cancel', taskId])
  expect([cancelled.code, cancelled.out]).toEqual([0, 'cancelled: 0.005 USDC came back by this.\n'])
  await changePlayMoney(wallet, { amount: 1_000_000n })
  const played = JSON.parse((await oblivion(['submit', 'task.json', '--asset', 'test', '--json'])).out)
  expect((await oblivion(['cancel', played.taskId])).out).toBe(
    'cancelled: 0.005 USDC of play money came back by this.\n',
  )
  const watched = await oblivion(['watch', taskId, '--json'])
  expect([watched.code, JSON.parse(watched.out)]).toEqual([3, expect.objectContaining({ status: 'cancelled' })])
  for (const id of [...[ranged, piped, metered].map(({ out }) => JSON.parse(out).taskId), large.taskId])
    expect((await oblivion(['cancel', id, '--json'])).code).toBe(0)
})

test('Ctrl-C stops the watching alone, and says how to go on', async () => {
  const { taskId } = await post('--inputs', 'in.ndjson')
  const watch = start(['watch', taskId])
  await vi.waitUntil(() => watch.said.out.includes('0 of 3 accepted'), { timeout: 90_000 })
  watch.child.kill('SIGINT')
  expect(await watch.ended).toBe(130)
  expect(watch.said.err).toBe(`It goes on without you. Watch it again with: oblivion watch ${taskId}\n`)
  expect((await listTasks(wallet)).find((task) => task.taskId === taskId)?.status).toBe('running')
  await oblivion(['cancel', taskId])
})

// The terminal is one of util-linux, and the disk that is full one of Linux.
test.runIf(process.platform === 'linux')(
  'a terminal is moved by no result, Ctrl-C and Ctrl-D are no yes, and a full disk is no reader that has had enough',
  async () => {
    const { taskId } = (await listTasks(wallet)).find(
      ({ title, status }) => title === 'in' && status === 'completed',
    ) ?? { taskId: '' }
    const shown = atTerminal(['results', taskId])
    expect(await shown.ended).toBe(0)
    expect(shown.said.out).toContain(String.raw`"mark":"\u202e\u009b"`)
    const piped = await oblivion(['results', taskId])
    expect(piped.out).toContain('"mark":"\u202e\u009b"')

    for (const key of ['\u0003', '\u0004']) {
      const asked = atTerminal(['submit', '--program', 'grow.js', '--inputs', 'in.ndjson', '--price', '0.01'])
      await vi.waitUntil(() => asked.said.out.includes('[y/N] '), { timeout: 90_000 })
      asked.child.stdin?.write(key)
      expect(await asked.ended).toBe(130)
      expect(asked.said.out).toMatch(/\[y\/N\] [^\n]*\r\nNothing was posted\.\r\n$/)
    }

    const into = (command: string) =>
      launch('bash', ['--norc', '-c', `set -o pipefail; ${command}`, process.execPath, main, taskId])
    const full = into('"$0" "$1" results "$2" > /dev/full')
    expect([await full.ended, full.said.err]).toEqual([
      1,
      expect.stringMatching(/^The output cannot be written: ENOSPC/),
    ])
    // No disk is as small as this limit on a file, which Node is told of in the same way.
    const small = into('ulimit -f 64; "$0" "$1" results "$2" --out small')
    expect([await small.ended, small.said.err]).toEqual([
      1,
      expect.stringMatching(/^small\/000001\.json cannot be written: EFBIG[^\n]*kept\.\n$/),
    ])
    expect(await readdir(join(stack.home, 'small'))).toEqual(['000000.json'])
    const noFolder = await oblivion(['results', taskId, '--out', 'grow.js', '--json'])
    expect([noFolder.code, JSON.parse(noFolder.err)]).toEqual([
      1,
      { code: null, message: expect.stringMatching(/^grow\.js cannot be written: EEXIST/) },
    ])
    const enough = into('"$0" "$1" results "$2" | head -c 1')
    expect([await enough.ended, enough.said]).toEqual([141, { out: '{', err: '' }])
    // A reader that has gone is no end of a task: 0 would say that it is completed.
    for (const command of ['watch "$2"', 'watch "$2" --json', 'submit --help'])
      expect(await into(`"$0" "$1" ${command} | true`).ended, command).toBe(141)
  },
)

test('errors: a code, what happened and what to do, as words or as JSON; wrong calls exit with 2', async () => {
  const none = { OBLIVION_API_KEY: '' }
  const id = crypto.randomUUID()
  const words = { type: 'raytrace', pricePerChunk: '1', range: { start: 'a', end: 'b' }, trust: { replicas: 2.5 } }
  await writeFile(join(stack.home, 'words.json'), JSON.stringify(words))
  const wrong: [string[], Record<string, string>, number, RegExp][] = [
    [['watch', id], none, 2, /needs an API key: make one on the dApp’s Wallet page and set OBLIVION_API_KEY/],
    [
      ['watch'],
      {},
      2,
      /^oblivion watch needs <taskId>: as submit answered it\. What it takes: oblivion watch --help\n$/,
    ],
    [['watch', id, 'more'], {}, 2, /can do nothing with “more”/],
    [['wach', id], {}, 2, /^There is no command “wach”, but submit, watch, /],
    // Passed over, it would have posted without a budget.
    [['submit', '--bugdet', '5', '--program', 'raytrace'], {}, 2, /^oblivion submit has no --bugdet\./],
    [['submit', '--program', 'raytrace', '--range', '0:3', '--price'], {}, 2, /^--price takes a value\./],
    [['watch', id], { ...none, SUPABASE_URL: '' }, 1, /SUPABASE_URL is not set\. .* or use --dev .* \[OB113/],
    [['watch', id], {}, 1, /No task of yours has this id\. .* \[OB008 /],
    [['results', id, '--api-key', `obk_${'0'.repeat(64)}`], {}, 1, /This API key is not one\. .* \[OB030 /],
    // As the Wallet page lists it: no header takes it, and no waiting helps.
    [
      ['watch', id],
      { OBLIVION_API_KEY: 'obk_1234…' },
      1,
      /^The environment variable OBLIVION_API_KEY is no whole API key/,
    ],
    [['watch', id, '--api-key', 'obk_1234…'], {}, 2, /^--api-key is no whole API key \(obk_ and 64 hex digits\)\.\n$/],
    [['watch', id, '--api-key', ''], {}, 2, /^--api-key is no whole API key/],
    [['submit', '--price', '1', '--range', '0:3'], {}, 2, /--program/],
    [['submit', '--program', 'raytrace', '--range', '0:3'], {}, 2, /--price/],
    [['submit', '--program', 'raytrace', '--price', '1'], {}, 2, /--inputs or --range/],
    [['submit', '--program', 'raytrace', '--price', '1', '--range', '0:10:0'], {}, 2, /make no chunks/],
    [['submit', 'words.json'], {}, 2, /make no chunks/],
    [['submit', '--program', 'grow.js', '--max-memory', '64'], {}, 2, /^--max-memory is of a \.wasm program/],
    [['submit', '--attempts', '11', '--program', 'raytrace'], {}, 2, /--attempts takes a whole number from 1 to 10/],
    [['submit', 'words.json', '--range', '0:2'], {}, 2, /^trust\.replicas is a whole number from 1 to 5\.\n$/],
    [
      ['submit', 'words.json', '--range', '0:2', '--replicas', '6'],
      {},
      2,
      /--replicas takes a whole number from 1 to 5/,
    ],
    [['submit', '--program', 'raytrace', '--price', '1,5', '--range', '0:3'], {}, 1, /OB111/],
    [['submit', 'task.json', '--rows-per-chunk', '2'], {}, 2, /^--rows-per-chunk is of a file: give --inputs\.\n$/],
    [['results', id, '--rows-per-chunk', '2'], {}, 2, /give --failed-inputs/],
    [['results', id, '--failed-inputs', 'in.ndjson', '--out', 'kept'], {}, 2, /leave --out and --after out/],
    [['submit', 'missing.json'], {}, 2, /^There is no file missing\.json here\.\n$/],
    [['submit', 'grow.js'], {}, 2, /grow\.js is not JSON/],
    [
      ['submit', '--program', 'grow.js', '--price', '1', '--inputs', 'in.ndjson', '--acknowledge-visible'],
      {},
      1,
      /\[OB033 /,
    ],
  ]
  await Promise.all(
    wrong.map(async ([args, env, code, words]) => {
      const said = await oblivion(args, env)
      expect([said.code, said.err], args.join(' ')).toEqual([code, expect.stringMatching(words)])
    }),
  )
  const json = await submit('--price', '5', '--inputs', 'in.ndjson')
  expect([json.code, JSON.parse(json.err)]).toEqual([
    1,
    {
      code: 'OB033',
      message: expect.any(String),
      hint: expect.stringContaining('limit'),
      values: expect.objectContaining({ needed: '15000000' }),
    },
  ])
  expect((await listApiKeys(wallet)).find(({ keyId }) => keyId === apiKey.keyId)).toMatchObject({
    // Three chunks of the first test and three of the second.
    used: 60_000n,
    openTasks: 0,
  })
})

test('--dev without a key is a development wallet; a key that was revoked is refused', async () => {
  const dev = { SUPABASE_URL: '', SUPABASE_KEY: '', OBLIVION_API_KEY: '' }
  const posted = await oblivion(
    [
      'submit',
      '--dev',
      '--account',
      '1',
      '--program',
      'raytrace',
      '--range',
      '0:2',
      '--price',
      '0.01',
      '--acknowledge-visible',
    ],
    dev,
  )
  expect(posted.err).toBe('')
  const [, taskId = ''] = /^(\S{36}) {2}“raytrace”\n2 chunks, 0\.02 USDC held/.exec(posted.out) ?? []
  expect((await oblivion(['watch', taskId])).err).toContain('OB008')
  expect((await oblivion(['cancel', taskId, '--dev', '--account', '1'], dev)).code).toBe(0)
  await revokeApiKey(wallet, { keyId: apiKey.keyId })
  expect((await oblivion(['watch', taskId])).err).toContain(
    'This API key was revoked. Make another on the Wallet page. [OB030',
  )
})

test('what to call next is said in the words of this call: a clone’s, and with whose task it is', async () => {
  const clone = { npm_lifecycle_event: 'oblivion', npm_config_user_agent: 'pnpm/12.21.0 npm/? node/v24.0.0 linux x64' }
  const flags = { dev: false, account: '0' }
  expect(callAgain('watch', 'id', flags)).toBe('oblivion watch id')
  expect(callAgain('results', 'id', { ...flags, dev: true, account: '1' })).toBe(
    'oblivion results id --dev --account 1',
  )
  expect(callAgain('watch', 'id', { ...flags, 'api-key': 'obk_secret' })).toBe('oblivion watch id --api-key ...')
  expect(calledAs(clone)).toBe('npx -y pnpm@12.21.0 oblivion')
  expect(calledAs({ ...clone, npm_config_user_agent: '' })).toBe('pnpm oblivion')
  const { err } = await oblivion(['submit', '--bugdet'], clone)
  expect(err).toContain('What it takes: npx -y pnpm@12.21.0 oblivion submit --help')
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  for (const flag of ['--version', '-V'])
    expect(await oblivion([flag])).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

test('each command says what it takes', async () => {
  for (const [command, word] of [
    ['submit', '--acknowledge-visible'],
    ['watch', '130 by Ctrl-C'],
    ['results', '--out'],
    ['posted', 'data.json'],
    ['cancel', 'OBLIVION_API_KEY'],
  ]) {
    const { code, out } = await oblivion([command ?? '', '--help'])
    expect([code, out], command).toEqual([0, expect.stringContaining(word ?? '')])
    // Into a pipe: no colours.
    expect(out).not.toContain('\u001b')
    expect((await oblivion(['help', command ?? ''])).out).toBe(out)
  }
})
