import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createPublicClient, createWalletClient, http } from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildPages } from '../src/build/buildPages.ts'
import { accounts } from '../src/chain/accounts.ts'
import type { DevFile } from '../src/home/devFile.ts'
import { isAlive } from '../src/process/processIdentity.ts'
import { insertWallet } from '../src/testing/wallet.ts'
import { enterPayouts } from './enterPayouts.ts'
import { rawRequest } from './rawRequest.ts'
import { processesOf, runCommandLine, type StartProcess, spawnStart } from './startProcess.ts'

const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<'start' | 'dev' | 'dev:all', string>
}
const homes: string[] = []
const newHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'oblivion-start-'))
  homes.push(home)
  return home
}
/** What a test that fails leaves behind. */
const started: StartProcess[] = []
const start = (home: string, options: Parameters<typeof spawnStart>[1] = {}): StartProcess => {
  const run = spawnStart(home, options)
  started.push(run)
  return run
}
// Built before, so that no test waits for it.
beforeAll(() => buildPages(() => undefined, new AbortController().signal))
afterEach(async () => {
  for (const run of started.splice(0)) {
    if (run.child.exitCode === null && run.child.signalCode === null) run.child.kill('SIGKILL')
    await run.exited
  }
})
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

const portsOf = (dev: DevFile): Record<string, URL> => ({
  dapp: new URL(dev.dappUrl),
  bridge: new URL(dev.bridgeUrl),
  sandbox: new URL(dev.sandboxUrl),
  gateway: new URL(dev.supabaseUrl),
  coordinator: new URL(dev.apiUrl),
})

const endsWithoutTrace = async (run: StartProcess, signal: NodeJS.Signals): Promise<void> => {
  const children = run.children()
  const began = performance.now()
  run.child.kill(signal)
  expect(await run.exited).toEqual({ code: 0, signal: null })
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(children.filter(isAlive)).toEqual([])
  expect(processesOf(run.home)).toEqual([])
  expect(existsSync(join(run.home, 'dev.json'))).toBe(false)
  expect(existsSync(join(run.home, 'lock'))).toBe(false)
}

describe('a running stack', () => {
  let run: StartProcess
  let dev: DevFile
  beforeAll(async () => {
    run = spawnStart(newHome(), { environment: { DEV_INITIAL_WALLET: '250.5' }, args: ['--workers', '3'] })
    dev = await run.ready()
  })
  afterAll(async () => {
    if (run.child.exitCode === null) run.child.kill('SIGKILL')
    await run.exited
  })

  test('DJ-7, DJ-12: one command has started server and dApp and, as it was asked for, three workers, each for a wallet of its own', async () => {
    expect(scripts['dev:all']).toBe(`${scripts.start} --workers 3`)
    const workers = ['worker-1', 'worker-2', 'worker-3']
    expect(run.children().map(({ name }) => name)).toEqual(expect.arrayContaining(['coordinator', 'pages', ...workers]))
    const owners = async () => {
      const answer = await fetch(`${dev.apiUrl}/bots`)
      const { bots } = (await answer.json()) as { bots: { bot: string; status: string }[] }
      return bots.flatMap(({ bot, status }) => (status === 'up' ? bot : []))
    }
    await expect.poll(async () => new Set(await owners()).size, { timeout: 90_000 }).toBe(3)
  })

  test('DJ-10: the API and the dApp each answer at /healthz', async () => {
    expect(await (await fetch(`${dev.apiUrl}/healthz`)).json()).toMatchObject({ status: 'ok' })
    expect(await (await fetch(`${dev.dappUrl}/healthz`)).text()).toBe('ok\n')
  })

  test('RN-29: has said where everything is, in plain text, since this is no terminal', () => {
    expect(scripts.dev).toBe(scripts.start)
    expect(run.child.spawnargs[1]).toMatch(new RegExp(`/${scripts.dev.split(' ').at(-1)}$`))
    for (const url of [dev.dappUrl, dev.supabaseUrl, dev.apiUrl, dev.rpcUrl]) expect(run.output()).toContain(url)
    expect(run.output()).toMatch(/^ready$/m)
    expect(run.output()).not.toContain('\u001b')
    expect(run.output()).not.toContain('│')
    for (const { privateKey } of dev.accounts) expect(run.output()).not.toContain(privateKey.slice(2))
  })

  test('has written what its developer needs into a file of mode 0600', () => {
    const file = join(run.home, 'dev.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Object.keys(dev).sort()).toEqual(
      expect.arrayContaining([
        ...['accounts', 'anonKey', 'apiUrl', 'chainId', 'dappUrl', 'databaseUrl', 'embedDemoUrl', 'pid'],
        ...['rpcUrl', 'serviceRoleKey', 'settlementAddress', 'supabaseUrl', 'tokenAddress'],
      ]),
    )
    expect(dev).toMatchObject({
      pid: run.child.pid,
      chainId: 31337,
      embedDemoUrl: expect.stringMatching(/^http:.*localhost/),
    })
    expect(dev.accounts.map(({ role }) => role)).toEqual([
      'operator',
      ...Array.from({ length: 2 }, () => 'customer'),
      ...Array.from({ length: 4 }, () => 'provider'),
    ])
    for (const name of ['secrets.json', 'processes.json', 'lock']) {
      expect(statSync(join(run.home, name)).mode & 0o077).toBe(0)
    }
    expect(statSync(run.home).mode & 0o077).toBe(0)
  })

  test('RN-17, RN-28: has given each customer a free balance from a real deposit', async () => {
    const client = createPublicClient({ chain: foundry, transport: http(dev.rpcUrl) })
    const escrow = await client.readContract({
      address: dev.settlementAddress as `0x${string}`,
      abi: [
        {
          type: 'function',
          name: 'escrowOf',
          stateMutability: 'view',
          inputs: [{ type: 'address' }],
          outputs: [{ type: 'uint256' }],
        },
      ],
      functionName: 'escrowOf',
      args: [accounts[1]?.address ?? '0x'],
    })
    expect(escrow).toBe(250_500_000n)
    const database = new pg.Pool({ connectionString: dev.databaseUrl, max: 1 })
    const { userId } = await insertWallet(database, accounts[1]?.address ?? '')
    await database.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify({ sub: userId })])
    const { rows } = await database
      .query('set role authenticated')
      .then(() => database.query('select my_balance() as balance'))
    await database.end()
    expect(rows[0]?.balance).toMatchObject({ asset: 'chain', free: '250500000', held: '0', deposited: '250500000' })
  })

  test('refuses a second start in the same folder, in a sentence that says what to do', async () => {
    const second = start(run.home)
    expect(await second.exited).toEqual({ code: 1, signal: null })
    expect(second.output()).toContain(`running in this data folder already (process ${run.child.pid})`)
    expect(second.output()).toContain('npx -y pnpm@12.21.0 stop')
    expect(await runCommandLine('reset', run.home)).toMatchObject({ code: 1 })
    expect(await run.ready()).toEqual(dev)
  })

  test('answers no Host but its own, on any port', async () => {
    for (const [name, url] of Object.entries(portsOf(dev))) {
      const port = Number(url.port)
      for (const path of ['/', '/config.json', '/rest/v1/', '/auth/v1/settings', '/chain', '/health']) {
        for (const host of [
          'evil.example',
          `evil.example:${port}`,
          `localhost.evil.example:${port}`,
          '169.254.169.254',
        ]) {
          const { status } = await rawRequest({ port, path, host })
          expect(`${name} ${path} ${host} ${status}`).toMatch(/ (400|403|421)$/)
        }
      }
    }
  })

  test('lets no foreign Origin at its API or its coordinator', async () => {
    for (const url of [dev.supabaseUrl, dev.apiUrl]) {
      const { port, host } = new URL(url)
      for (const [method, path] of [
        ['OPTIONS', '/rest/v1/rpc/get_network_stats'],
        ['POST', '/chain'],
        ['GET', '/health'],
      ] as const) {
        const { head, status } = await rawRequest({
          ...{ port: Number(port), host, method, path },
          headers: { origin: 'https://evil.example', 'content-length': '0', 'access-control-request-method': 'POST' },
        })
        expect(`${method} ${url}${path}: ${head}`).not.toMatch(/access-control-allow-origin: (\*|https:\/\/evil)/i)
        if (method !== 'GET') expect(status).toBeGreaterThanOrEqual(400)
      }
    }
  })

  test('serves dev.json and the secrets over no port, in no form', async () => {
    const secrets = readFileSync(join(run.home, 'secrets.json'), 'utf8')
    const forbidden = [
      dev.serviceRoleKey,
      ...dev.accounts.map(({ privateKey }) => privateKey.slice(2)),
      JSON.parse(secrets).jwtSecret,
    ]
    const up = '../'.repeat(12)
    const paths = [join(run.home, 'dev.json'), join(run.home, 'secrets.json'), '.oblivion/dev.json'].flatMap((file) => {
      const bare = file.replace(/^\//, '')
      return [
        ...[
          `/${bare}`,
          `//${bare}`,
          `/@fs/${bare}`,
          `/@fs//${bare}`,
          `/${up}${bare}`,
          `/assets/${up}${bare}`,
          `/./${bare}`,
        ],
        ...[
          `/${encodeURIComponent(bare)}`,
          `/${encodeURIComponent(up + bare)}`,
          `/${bare.replace('dev.json', 'dev%2ejson')}`,
        ],
        ...[
          `/%2e%2e/${bare}`,
          `/%252e%252e%252f${bare}`,
          `/..%5c${bare}`,
          `/..;/${bare}`,
          `/${bare}?raw`,
          `/${bare}%00.js`,
        ],
        ...[
          `/storage/v1/object/public/${up}${bare}`,
          `/storage/v1/object/public/x/..%2f..%2f${bare}`,
          `file:///${bare}`,
        ],
      ]
    })
    for (const [name, url] of Object.entries(portsOf(dev))) {
      for (const host of [`localhost:${url.port}`, `127.0.0.1:${url.port}`]) {
        for (const path of paths) {
          const { status, body } = await rawRequest({ port: Number(url.port), path, host })
          expect(forbidden.filter((secret) => body.includes(secret))).toEqual([])
          expect(`${name} ${path} ${status}`).toMatch(/ (400|401|403|404)$/)
        }
      }
    }
  })

  test('starts a part again that dies, and the others go on with it', async () => {
    const call = (path: string, body: unknown) =>
      fetch(`${dev.supabaseUrl}${path}`, {
        method: 'POST',
        headers: { apikey: dev.anonKey, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const asks = {
      gateway: () => fetch(`${dev.supabaseUrl}/health`),
      pages: () => fetch(dev.dappUrl),
      coordinator: () => fetch(`${dev.apiUrl}/health`),
      database: () => call('/rest/v1/rpc/get_network_stats', {}),
      chain: () => call('/chain', { jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
    }
    for (const [name, ask] of Object.entries(asks)) {
      const before = run.children().find((child) => child.name === name)
      if (before === undefined) throw new Error(`no ${name}`)
      process.kill(before.pid, 'SIGKILL')
      await vi.waitFor(
        async () => {
          const now = run.children().find((child) => child.name === name)
          expect(now?.pid ?? before.pid).not.toBe(before.pid)
          expect((await ask()).status).toBe(200)
          expect((await asks.coordinator()).status).toBe(200)
        },
        { timeout: 90_000, interval: 100 },
      )
      expect(run.output()).toContain(`The ${name} ended by itself (SIGKILL); starting it again.`)
    }
  })

  test('DJ-11: says the state of all parts and shows their logs', async () => {
    const { text } = await runCommandLine('status', run.home, '--json')
    const parts = run.children().map(({ name, pid }) => ({ name, pid }))
    expect(parts.length).toBe(8)
    expect(JSON.parse(text)).toMatchObject({ state: 'ready', pid: run.child.pid, dappUrl: dev.dappUrl })
    expect(JSON.parse(text).parts).toEqual(expect.arrayContaining(parts))
    const logs = (await runCommandLine('logs', run.home, '--lines', '200')).text
    expect(logs).toContain('coordinator listens')
    expect(logs.split(/^worker-3 /m)[1]).toContain(' works; ')
    expect(await runCommandLine('logs', run.home, 'nobody')).toMatchObject({
      code: 1,
      text: expect.stringContaining('coordinator'),
    })
  })

  test('ends on Ctrl-C within ten seconds and leaves no process', () => endsWithoutTrace(run, 'SIGINT'))
})

describe('ended by others', () => {
  test('DJ-8, DJ-11: SIGTERM ends it too, and so does `stop`; `reset` leaves no data', async () => {
    const home = newHome()
    const first = start(home)
    await first.ready()
    await endsWithoutTrace(first, 'SIGTERM')
    const second = start(home)
    await second.ready()
    expect(await runCommandLine('stop', home)).toMatchObject({ code: 0, text: expect.stringContaining('Stopped') })
    expect(await second.exited).toEqual({ code: 0, signal: null })
    expect(processesOf(home)).toEqual([])
    expect(await runCommandLine('stop', home)).toMatchObject({ text: expect.stringContaining('Nothing is running') })
    mkdirSync(join(home, 'datalake', 'data'), { recursive: true })
    writeFileSync(join(home, 'datalake', 'data', 'results-2026-01-02.ndjson'), '{}')
    expect(readdirSync(home)).toEqual(expect.arrayContaining(['postgres', 'chain', 'storage', 'secrets.json']))
    expect(await runCommandLine('reset', home)).toMatchObject({ code: 0 })
    expect(readdirSync(home)).toEqual([])
  })

  test('Ctrl-C before everything is up leaves no process either', async () => {
    const home = newHome()
    const run = start(home)
    await vi.waitFor(() => expect(run.children().length).toBeGreaterThan(0), { timeout: 90_000, interval: 5 })
    run.child.kill('SIGINT')
    expect(await run.exited).toEqual({ code: 0, signal: null })
    expect(run.output()).toContain('Stopped before everything was up')
    expect(run.output()).not.toMatch(/^ready$/m)
    expect(processesOf(home)).toEqual([])
  })
})

describe('kill -9', () => {
  /** A committed row, and a mined block that is older than two seconds. */
  const leaveMarks = async (run: StartProcess, dev: DevFile, mark: string) => {
    const database = new pg.Client({ connectionString: dev.databaseUrl })
    await database.connect()
    await database.query('create table if not exists public.marks (mark text)')
    await database.query('insert into public.marks values ($1)', [mark])
    await database.end()
    const [from, to] = accounts
    if (!from || !to) throw new Error('no accounts')
    const transport = http(dev.rpcUrl)
    const client = createPublicClient({ chain: foundry, transport })
    const hash = await createWalletClient({ account: from, chain: foundry, transport }).sendTransaction({
      to: to.address,
      value: 1n,
    })
    const { blockNumber, blockHash } = await client.waitForTransactionReceipt({ hash })
    const mined = performance.now()
    await vi.waitFor(() => expect(performance.now() - mined).toBeGreaterThan(2_000), { timeout: 5_000 })
    return { blockNumber, blockHash, settlementAddress: dev.settlementAddress, home: run.home }
  }
  const findMarks = async (dev: DevFile, marks: Awaited<ReturnType<typeof leaveMarks>>, expected: string[]) => {
    const database = new pg.Client({ connectionString: dev.databaseUrl })
    await database.connect()
    const { rows } = await database.query('select mark from public.marks order by mark')
    await database.end()
    expect(rows.map(({ mark }) => mark)).toEqual(expected)
    const client = createPublicClient({ chain: foundry, transport: http(dev.rpcUrl) })
    expect((await client.getBlock({ blockNumber: marks.blockNumber })).hash).toBe(marks.blockHash)
    expect(dev.settlementAddress).toBe(marks.settlementAddress)
  }

  /** Works and is paid on chain; answers what the provider has got in all, which ledger and chain agree on. */
  const payOut = async (dev: DevFile, home: string, before: bigint): Promise<bigint> => {
    const payouts = await enterPayouts({ dev, home })
    const agrees = async (total: bigint) => {
      expect(await payouts.earnings()).toMatchObject({ total: `${total}`, settled: `${total}` })
      expect([await payouts.paid(), await payouts.tokens()]).toEqual([total, total])
      expect((await payouts.balance()).halted).toBeNull()
    }
    try {
      await agrees(before)
      const total = before + (await payouts.work(1))
      await payouts.settle()
      await agrees(total)
      return total
    } finally {
      await payouts.leave()
    }
  }

  test('DJ-8, DJ-33, RN-17: of the supervisor, then of everything at once: a new start goes on, nothing is lost, and nobody is paid twice (M9)', async () => {
    const home = newHome()
    const first = start(home)
    const devOfFirst = await first.ready()
    const paid = await payOut(devOfFirst, home, 0n)
    expect(paid).toBeGreaterThan(0n)
    const marks = await leaveMarks(first, devOfFirst, 'first')
    const children = first.children()
    expect(children.length).toBe(5)
    first.child.kill('SIGKILL')
    await first.exited

    const second = start(home)
    const devOfSecond = await second.ready()
    expect(children.filter(isAlive)).toEqual([])
    await findMarks(devOfSecond, marks, ['first'])
    expect(second.output()).not.toContain('nothing is paid twice')
    const paidAgain = await payOut(devOfSecond, home, paid)

    // Like a power cut: no part gets the chance to write anything more, and the chain's dump is cut short.
    const later = await leaveMarks(second, devOfSecond, 'second')
    second.child.kill('SIGSTOP')
    for (const { pid } of second.children()) process.kill(pid, 'SIGKILL')
    second.child.kill('SIGKILL')
    await second.exited
    truncateSync(join(home, 'chain', 'state.json'), 5_000)

    const third = start(home)
    const devOfThird = await third.ready()
    await findMarks(devOfThird, later, ['first', 'second'])
    await payOut(devOfThird, home, paidAgain)
    expect(third.output()).toContain("The chain's last state was cut short")
    expect(third.output()).not.toContain('nothing is paid twice')
    await endsWithoutTrace(third, 'SIGINT')
  })
})

describe.runIf(process.getuid?.() === 0)('somebody else than root', () => {
  test.each([
    ['a plain user', 65_534],
    ['a user whom the system has no name for, as in some containers', 54_321],
  ])('%s starts it and ends it', async (_, user) => {
    const home = newHome()
    chownSync(home, user, user)
    const wrapper = ['setpriv', '--reuid', String(user), '--regid', String(user), '--clear-groups', '--']
    const run = start(home, { wrapper })
    await run.ready()
    expect(statSync(join(home, 'dev.json'))).toMatchObject({ uid: user })
    for (const { pid } of run.children()) expect(statSync(`/proc/${pid}`).uid).toBe(user)
    await endsWithoutTrace(run, 'SIGINT')
  })

  test('root without user namespaces runs PostgreSQL as nobody', async () => {
    const home = newHome()
    const bin = join(home, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    chmodSync(home, 0o711)
    const run = start(home, { environment: { PATH: `${bin}:${process.env.PATH}` } })
    await run.ready()
    const database = run.children().find(({ name }) => name === 'database')
    expect(statSync(`/proc/${database?.pid}`).uid).toBe(65_534)
    await endsWithoutTrace(run, 'SIGINT')
  })
})
