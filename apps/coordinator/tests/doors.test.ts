import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStripeApi } from '@oblivion/stack/testing'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from './world/createWorld.ts'
import { openGateway } from './world/openGateway.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

/*
 * A5: who gets through which door of the coordinator, and whose money it then acts on. Every door by every caller there
 * is, over real HTTP.
 */

const ADMIN_TOKEN = 'token-of-an-operator-of-a-test'
const DAY = '2026-01-02'

type Caller = { headers: Record<string, string>; wallet?: string }
let callers: Record<string, Caller>
let url: string
const undo: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  const world: World = await createWorld()
  undo.push(world.end)
  const gateway = await openGateway(world)
  undo.push(gateway.end)
  const stripe = await startStripeApi('sk_test_secretOfATest')
  undo.push(stripe.close)
  const folder = await mkdtemp(join(tmpdir(), 'oblivion-doors-'))
  undo.push(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, `results-${DAY}.ndjson`), '{"secret":"of every customer"}\n')
  const project = { supabaseUrl: gateway.url, supabaseKey: gateway.anonKey }
  const coordinator = await runCoordinator({
    ...world.configuration,
    ...{ storage: project, sandbox: true, dataLakeFolder: folder, adminToken: ADMIN_TOKEN },
    cards: {
      ...{ secretKey: 'sk_test_secretOfATest', webhookSecret: 'whsec_x', apiUrl: stripe.url, maxUsd: 500 },
      ...{ disputeWindowDays: 120, payer: null, ...project },
    },
  })
  undo.push(coordinator.stop)
  url = `http://127.0.0.1:${coordinator.port}`

  const wallet = async (): Promise<Required<Caller>> => {
    const account = privateKeyToAccount(generatePrivateKey())
    await world.person(account)
    const headers = { authorization: `Bearer ${await gateway.signIn(account)}` }
    return { headers, wallet: account.address.toLowerCase() }
  }
  const [a, b] = [await wallet(), await wallet()]
  const owner = await world.person(privateKeyToAccount(generatePrivateKey()))
  const { nodeSecret } = await owner.rpc<{ nodeSecret: string }>('register_node', { p_hardware_id: 'one' })
  const { siteKey } = await owner.rpc<{ siteKey: string }>('create_site', {
    p_site: JSON.stringify({ name: 'A blog', origins: ['https://blog.example'] }),
  })
  const bearer = (word: string): Caller => ({ headers: { authorization: `Bearer ${word}` } })
  callers = {
    'no session': { headers: {} },
    'the anon key': bearer(gateway.anonKey),
    'an anonymous session': bearer(await gateway.signInAnonymously()),
    'wallet A': a,
    'wallet B': b,
    'wallet A with a node key of somebody else': { ...a, headers: { ...a.headers, 'x-node-key': nodeSecret } },
    'a node key': { headers: { 'x-node-key': nodeSecret } },
    'a node key for a token': bearer(nodeSecret),
    'a site key for a token': bearer(siteKey),
    'the service key': bearer(gateway.serviceRoleKey),
    'a broken token': bearer(`${a.headers.authorization?.slice(7)}x`),
    'an operator’s token': bearer(ADMIN_TOKEN),
  }
  await until('play money is on', async () => {
    const answer = await fetch(`${url}/api/wallet/balance`, { headers: a.headers })
    return ((await answer.json()) as { sandbox: unknown }).sandbox
  })
})
afterAll(async () => {
  for (const step of undo.reverse()) await step()
})

/** A door; `is` is its path as the document has it, where that is another. */
type Door = { path: string; body?: unknown; method?: string; is?: string }
const nothing = '00000000-0000-4000-8000-000000000000'
const at = { bot_id: 'one' }
const requestId = 'request-of-a-door'
const doors: Record<string, Door> = {
  balance: { path: '/api/wallet/balance' },
  transactions: { path: '/api/wallet/transactions' },
  'deposit of play money': { path: '/api/wallet/deposit', body: { asset: 'test', amount: '7', requestId } },
  'deposit of tokens': { path: '/api/wallet/deposit', body: { asset: 'chain', amount: '7' } },
  'deposit by card': { path: '/api/wallet/deposit', body: { asset: 'card', amount: '25000000', requestId } },
  'withdrawal of play money': {
    path: '/api/wallet/withdraw',
    body: { asset: 'test', amount: '3', requestId: `${requestId}2` },
  },
  'withdrawal of tokens': { path: '/api/wallet/withdraw', body: { asset: 'chain', amount: '7' } },
  'refund to a card': {
    path: '/api/wallet/withdraw',
    body: { asset: 'card', amount: '5000000', requestId: `${requestId}4` },
  },
  'payout of earnings': { path: '/api/wallet/withdraw', body: { asset: 'earnings' } },
  'claim of earnings': { path: '/api/wallet/withdraw', body: { asset: 'earnings', by: 'claim' } },
  checkout: { path: '/api/cards/checkout', body: { cents: 2_500, requestId: `${requestId}3` } },
  offer: { path: '/api/cards' },
  webhook: { path: '/api/cards/webhook', body: { id: 'evt_forged', type: 'payment_intent.succeeded' } },
  history: { path: `/datalake/export/${DAY}`, is: '/datalake/export/{date}' },
  'figures of the history': { path: `/datalake/stats?date=${DAY}`, is: '/datalake/stats' },
  // Of the sources. For everybody:
  bots: { path: '/bots' },
  summary: { path: '/metrics/summary' },
  'counts of jobs': { path: '/api/jobs?action=stats', is: '/api/jobs' },
  // For customers:
  'jobs of mine': { path: '/jobs' },
  'pending jobs': { path: '/api/jobs?action=pending', is: '/api/jobs' },
  'jobs of A': { path: '/api/jobs/user/A', is: '/api/jobs/user/{qubicAddress}' },
  'order of a job': {
    path: '/api/jobs/create',
    body: { modelType: 'x', computeNeeded: 1, inputData: {}, qubicAddress: 'A', acknowledgeVisible: true },
  },
  'order of a brief': {
    path: '/api/briefs',
    body: {
      title: 'x',
      query: 'x',
      media_type: 'text',
      price_per_job: '1000000',
      user_id: 'A',
      acknowledgeVisible: true,
    },
  },
  tasks: { path: '/api/tasks' },
  'order of a task': { path: '/api/tasks', body: { title: 'x', acknowledgeVisible: true } },
  'a task': { path: `/api/tasks/${nothing}`, is: '/api/tasks/{taskId}' },
  'its inputs': { path: `/api/tasks/${nothing}/inputs`, is: '/api/tasks/{taskId}/inputs' },
  'its results': { path: `/api/tasks/${nothing}/results`, is: '/api/tasks/{taskId}/results' },
  // For customers and nodes:
  'a job': { path: `/jobs/${nothing}`, is: '/jobs/{id}' },
  'a job once more': { path: `/api/jobs/${nothing}`, is: '/api/jobs/{jobId}' },
  // For the node "one":
  'what is pending for one': { path: '/api/jobs/pending/one', is: '/api/jobs/pending/{workerId}' },
  'claim for one': { path: '/jobs/claim', body: at },
  'next chunk for one': { path: '/api/worker/next-chunk', body: { workerId: 'one' } },
  'beat of one': { path: '/bots/heartbeat', body: at },
  'beat of one once more': { path: '/api/worker/heartbeat', body: { workerId: 'one' } },
  'start by one': { path: `/jobs/${nothing}/start`, body: at, is: '/jobs/{id}/start' },
  'completion by one': { path: `/jobs/${nothing}/complete`, body: at, is: '/jobs/{id}/complete' },
  'failure by one': { path: `/jobs/${nothing}/fail`, body: at, is: '/jobs/{id}/fail' },
  'chunk by one': {
    path: '/api/worker/record-chunk',
    body: { workerId: 'one', jobId: nothing, attempt: 1, result: 1 },
  },
  'progress by one': {
    path: `/api/jobs/${nothing}/progress`,
    body: { workerId: 'one', progress: 1 },
    is: '/api/jobs/{jobId}/progress',
  },
  'end by one': {
    path: `/api/jobs/${nothing}/complete`,
    body: { workerId: 'one', status: 'completed' },
    is: '/api/jobs/{jobId}/complete',
  },
  // For wallets, and for operators:
  'a batch': { path: '/jobs/populate', body: { schedule_id: nothing } },
  registration: { path: '/bots/register', body: { bot_id: 'two' } },
  deletion: { path: `/bots/${nothing}`, method: 'DELETE', is: '/bots/{id}' },
}
/** What a door of the node "one" says to whoever is that node: it holds nothing. */
const byOne: Record<string, string> = {
  ...{ 'what is pending for one': '200', 'claim for one': '200', 'next chunk for one': '200' },
  ...{ 'beat of one': '200', 'beat of one once more': '200' },
}
const ofOne = (door: string) => / one( |$)/.test(door)
/** What each door says to a wallet that has nothing, whichever it is. */
const toAWallet: Record<string, string> = {
  ...{ balance: '200', transactions: '200' },
  ...{ 'deposit of play money': '200', 'deposit of tokens': '409 OB007', 'deposit by card': '200' },
  ...{ 'withdrawal of play money': '200', 'withdrawal of tokens': '409 OB007', 'refund to a card': '409 OB007' },
  ...{ 'payout of earnings': '400 OB005', 'claim of earnings': '200', checkout: '200' },
  ...{ 'jobs of mine': '200', 'pending jobs': '200', tasks: '200', registration: '200', 'a batch': '404 OB040' },
  // What a task does not know is refused by the database itself.
  ...{
    'order of a task': '400 OB006',
    'a task': '404 OB008',
    'its inputs': '404 OB008',
    'its results': '404 OB008',
    'a job': '404 OB010',
    'a job once more': '404 OB010',
  },
}
const declared = (door: string, caller: string): string => {
  // For everybody, and for Stripe, who signs; the history is for whoever says the operator’s word.
  if (door === 'offer') return '200'
  if (door === 'webhook') return '400'
  if (door === 'history' || door === 'figures of the history') return caller === 'an operator’s token' ? '200' : '401'
  if (door === 'deletion') return caller === 'an operator’s token' ? '404 OB003' : '401 OB001'
  if (['bots', 'summary', 'counts of jobs'].includes(door)) return '200'
  // Whoever sends a node key is that node.
  if (caller.includes('node key') && !/token$/.test(caller)) {
    if (ofOne(door)) return byOne[door] ?? '404 OB010'
    if (door.startsWith('a job')) return '404 OB010'
  }
  if (caller.startsWith('wallet') && ofOne(door)) return '404 OB003'
  if (door === 'jobs of A') {
    if (caller === 'wallet B') return '403 OB002'
    if (caller.startsWith('wallet A')) return '200'
  }
  // A has no money.
  if (['order of a job', 'order of a brief'].includes(door) && caller.startsWith('wallet'))
    return caller === 'wallet B' ? '403 OB002' : '409 OB007'
  if (caller.startsWith('wallet')) return toAWallet[door] ?? ''
  // The service key reads, and is nobody who has money (M8).
  if (caller === 'the service key') return '403 OB018'
  // A word that is no token, and one of nobody's wallet.
  return /token$/.test(caller) ? '401 OB106' : '401 OB001'
}

test('A5, DJ-25, DJ-36: every door by every caller: as declared, and each wallet acts for itself alone', async () => {
  const told: Record<string, string> = {}
  const expected: Record<string, string> = {}
  for (const [caller, { headers, wallet }] of Object.entries(callers)) {
    for (const [door, { path, body, method }] of Object.entries(doors)) {
      const ofA = (text: string) => text.replace(/(?<=[/"])A(?="|$)/, callers['wallet A']?.wallet ?? '')
      const answer = await fetch(`${url}${ofA(path)}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { 'content-type': 'application/json', ...headers },
        // Whose it is to be said by the body is what A5 forbids: it is not looked at.
        ...(body === undefined
          ? {}
          : { body: ofA(JSON.stringify({ ...body, customer: '0x'.padEnd(42, '1'), wallet: '0x' })) }),
      })
      const text = await answer.text()
      const { code, ...said } = (text.startsWith('{"') ? JSON.parse(text.split('\n')[0] ?? '') : {}) as {
        code?: string
        wallet?: string
        from?: string
      }
      const key = `${door} by ${caller}`
      told[key] = [answer.status, ...(code === undefined ? [] : [code])].join(' ')
      expected[key] = declared(door, caller)
      if (door === 'balance' && wallet !== undefined) expect(said.wallet, key).toBe(wallet)
      if (door === 'history') expect(text.includes('of every customer'), key).toBe(caller === 'an operator’s token')
    }
  }
  expect(told).toEqual(expected)
  // The three tables above know every door that there is.
  const { paths } = (await (await fetch(`${url}/api/openapi.json`)).json()) as { paths: Record<string, unknown> }
  const known = Object.values(doors).map(({ path, is }) => is ?? path)
  const open = ['/health', '/healthz', '/metrics']
  expect(Object.keys(paths).filter((path) => !known.includes(path) && !open.includes(path))).toEqual([])
  // A wish of one wallet's is no other's: 7 came and 3 went, once for each, however many callers said so for A.
  for (const name of ['wallet A', 'wallet B']) {
    const answer = await fetch(`${url}/api/wallet/balance`, { headers: callers[name]?.headers ?? {} })
    expect(await answer.json(), name).toMatchObject({ sandbox: { free: '4' } })
  }
})
