import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ClaimCodeInvalidError,
  ForeignBridgeError,
  feeOfChunk,
  InsufficientBalanceError,
  InvalidInputError,
  NodeKeyInvalidError,
  NotSignedInError,
  OblivionError,
  type OfferedJob,
  parseUsdc,
  resultHash,
  SessionRejectedError,
  SiteKeyInvalidError,
  type TaskDraft,
  TaskNotFoundError,
  WalletMismatchError,
} from '@oblivion/core'
import { accounts, type ClusterInfo, createDatabase, type TestDatabase } from '@oblivion/stack/testing'
import { createClient as createSupabaseClient, type SupabaseClient } from '@supabase/supabase-js'
import fc from 'fast-check'
import { createSiweMessage } from 'viem/siwe'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { signApiKey } from '../../stack/src/gateway/auth/signApiKey.ts'
import { type Gateway, startGateway } from '../../stack/src/gateway/startGateway.ts'
import {
  type Client,
  cancelTask,
  claimJobFair,
  clientFromSupabase,
  completeJob,
  createApiKey,
  createClient,
  createSite,
  createTask,
  failJob,
  forgetMe,
  getNetworkStats,
  getTask,
  getWorkerStats,
  heartbeat,
  listApiKeys,
  listSites,
  listTasks,
  myBalance,
  myEarnings,
  myPayout,
  myVoucher,
  nextJobs,
  redeemClaimCode,
  registerNode,
  requestPayout,
  revokeApiKey,
  revokeSiteKey,
  setPayoutFrom,
  showClaimCode,
  storeInput,
  taskResults,
  updateSite,
  workCycle,
} from '../src/index.ts'

/** Each action against the real functions, through the real gateway, signed in as a real wallet. */

const page = 'http://localhost:5173'
const jwtSecret = 'a secret of a test that is long enough'

let database: TestDatabase
let gateway: Gateway
let storageFolder: string
let anonKey: string
beforeAll(async () => {
  const cluster = inject('cluster')
  database = await createDatabase(cluster)
  storageFolder = await mkdtemp(join(tmpdir(), 'oblivion-client-'))
  anonKey = await signApiKey({ jwtSecret, role: 'anon' })
  const urlOf = (role: keyof ClusterInfo['passwords']) => {
    const url = new URL(database.superuserUrl)
    url.username = role
    url.password = cluster.passwords[role]
    return url.href
  }
  gateway = await startGateway({
    port: 0,
    databases: {
      authenticator: urlOf('authenticator'),
      authAdmin: urlOf('supabase_auth_admin'),
      storageAdmin: urlOf('supabase_storage_admin'),
      realtimeAdmin: urlOf('supabase_realtime_admin'),
    },
    jwtSecret,
    allowedOrigins: [page],
    signInOrigins: [page],
    storageFolder,
  })
  await asCoordinator('select oblivion.open_settlement_instance(31337, $1, $2, $3, 1)', [
    '0x00000000000000000000000000000000000000c0',
    '0x00000000000000000000000000000000000000c1',
    `0x${'ab'.repeat(32)}`,
  ])
})
afterAll(async () => {
  await gateway?.close()
  await database?.drop()
  if (storageFolder) await rm(storageFolder, { recursive: true })
})

const asCoordinator = (sql: string, params: unknown[]) =>
  database.as({ role: 'oblivion_coordinator' }, ({ query }) => query(sql, params))

let block = 0
/** Books a deposit as the indexer of the chain does. */
const deposit = (customer: string, amount: bigint) => {
  block += 1
  const hash = `0x${block.toString(16).padStart(64, '0')}`
  const event = {
    kind: 'Deposited',
    customer,
    amount: String(amount),
    txHash: hash,
    logIndex: 0,
    blockNumber: block,
    blockHash: hash,
  }
  return asCoordinator('select oblivion.record_chain_events($1, $2, $2, $3, $4)', [
    1,
    block,
    hash,
    JSON.stringify([event]),
  ])
}

interface Wallet {
  readonly address: string
  readonly supabase: SupabaseClient
  readonly client: Client
}

/** A wallet that signed in with Ethereum, by the unmodified library. */
const signIn = async (index: number): Promise<Wallet> => {
  const account = accounts[index]
  if (account === undefined) throw new Error(`there is no account ${index}`)
  const supabase = createSupabaseClient(gateway.url, anonKey, { auth: { persistSession: false } })
  const message = createSiweMessage({
    address: account.address,
    chainId: 31_337,
    domain: new URL(page).host,
    nonce: 'a1b2c3d4e5f6',
    uri: page,
    version: '1',
    statement: 'Sign in to Oblivion.',
    issuedAt: new Date(),
  })
  const signature = await account.signMessage({ message })
  const { data, error } = await supabase.auth.signInWithWeb3({ chain: 'ethereum', message, signature })
  if (error) throw error
  const token = data.session.access_token
  return {
    address: account.address.toLowerCase(),
    supabase,
    client: createClient({ supabaseUrl: gateway.url, supabaseKey: anonKey, accessToken: async () => token }),
  }
}

const draft = (inputs: readonly unknown[]): TaskDraft => ({
  title: 'A room',
  program: { kind: 'builtin', name: 'raytrace' },
  inputs,
  pricePerChunk: parseUsdc('0.001'),
  budget: parseUsdc('0.001') * BigInt(inputs.length),
  acknowledgeVisible: true,
})

const failureOf = async (call: Promise<unknown>): Promise<OblivionError> => {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof OblivionError)) throw error
  return error
}

const jobOf = ({ job }: { job: OfferedJob | null }): OfferedJob => {
  if (job === null) throw new Error('there was no job')
  return job
}

test('a customer’s program acts by an API key: within its scopes and its limit, until its wallet ends it', async () => {
  const customer = await signIn(2)
  await deposit(customer.address, parseUsdc('1'))
  const { key, ...made } = await createApiKey(customer.client, {
    apiKey: { name: 'Nightly', scopes: ['read', 'tasks'], spendingLimit: 3000n, expiresAt: '2999-01-01T00:00:00.000Z' },
  })
  expect(made).toMatchObject({
    beginning: key.slice(0, 8),
    spendingLimit: 3000n,
    used: 0n,
    openTasks: 0,
    state: 'valid',
  })
  expect(await listApiKeys(customer.client)).toEqual([made])
  const options = { supabaseUrl: gateway.url, supabaseKey: anonKey, apiKey: key }
  const program = createClient(options)
  const { address } = await myBalance(program)
  expect(address).toBe(customer.address)
  const stored = await storeInput(options, { address, input: { rows: 'x'.repeat(70_000) } })
  const { taskId } = await createTask(program, { task: draft([{ tile: 0 }, stored]) })
  expect(await getTask(program, { taskId })).toMatchObject({ taskId, chunks: 'pp' })
  const over = await failureOf(createTask(program, { task: draft([1, 2]) }))
  expect(over).toMatchObject({ code: 'OB033', values: { needed: '2000', left: '1000', limit: '3000' } })
  expect(await failureOf(createApiKey(program, { apiKey: { name: 'x', scopes: ['read'] } }))).toMatchObject({
    ...{ code: 'OB031', values: { needs: 'wallet' } },
  })
  expect(await cancelTask(program, { taskId })).toMatchObject({ refunded: 2000n })
  expect(await revokeApiKey(customer.client, { keyId: made.keyId })).toMatchObject({ state: 'revoked', used: 0n })
  expect(await failureOf(listTasks(program))).toMatchObject({ code: 'OB030', values: { reason: 'revoked' } })
  expect(await failureOf(revokeApiKey(customer.client, { keyId: crypto.randomUUID() }))).toMatchObject({
    code: 'OB032',
  })
})

test('the whole way of a task: posted, computed by a node with its key alone, read, paid, cancelled', async () => {
  const customer = await signIn(1)
  const provider = await signIn(3)
  await deposit(customer.address, parseUsdc('1'))
  expect(await myBalance(customer.client)).toMatchObject({
    free: 1_000_000n,
    held: 0n,
    deposited: 1_000_000n,
    chainId: 31_337,
  })

  const inputs = [{ tile: 0 }, { tile: 1 }, { tile: 2 }]
  const { taskId, chunkCount, estimate } = await createTask(customer.client, { task: draft(inputs) })
  expect(chunkCount).toBe(3)
  expect(estimate).toEqual({ cost: 3000n, fee: 150n, reward: 2850n })
  expect(await getTask(customer.client, { taskId })).toMatchObject({ chunks: 'ppp', status: 'running', held: 3000n })

  const { nodeId, nodeSecret, settings } = await registerNode(provider.client, { hardwareId: 'tab' })
  expect(settings.heartbeatSeconds).toBe(15)
  const node = createClient({ supabaseUrl: gateway.url, supabaseKey: anonKey, nodeKey: nodeSecret })
  const first = jobOf(await workCycle(node, { nodeId }))
  expect(first).toMatchObject({ taskId, title: 'A room', attempt: 1, chunkCount: 3, program: { name: 'raytrace' } })
  expect(first.input).toEqual(inputs[first.chunkIndex])
  expect(await heartbeat(node, { nodeId, job: first, progress: 0.5 })).toMatchObject({ cancel: false })

  const result = { rgb: 'AAAA', y: 1e21, x: -0.5 }
  const done = {
    jobId: first.jobId,
    attempt: first.attempt,
    outcome: 'succeeded',
    result,
    resultHash: resultHash(result),
  } as const
  const wrong = await workCycle(node, { nodeId, done: { ...done, resultHash: resultHash(1) }, claim: false })
  expect(wrong).toMatchObject({ accepted: false, reason: 'hash_mismatch', job: null })
  const second = jobOf(await workCycle(node, { nodeId }))
  const again = { ...done, jobId: second.jobId, attempt: second.attempt }
  expect(await workCycle(node, { nodeId, done: again, claim: false })).toMatchObject({ accepted: true, reason: null })
  expect(await workCycle(node, { nodeId, done: { ...again, attempt: 99 }, claim: false })).toMatchObject({
    accepted: false,
  })

  const { results, next } = await taskResults(customer.client, { taskId, chunks: [second.chunkIndex] })
  expect(next).toBeNull()
  expect(results).toMatchObject([
    { chunkIndex: second.chunkIndex, result, resultHash: again.resultHash, provider: provider.address },
  ])
  const earned = await myEarnings(provider.client)
  expect(earned).toMatchObject({ total: results[0]?.reward, pending: results[0]?.reward, settled: 0n })
  expect(earned.receipts).toMatchObject([{ taskId, jobId: second.jobId, state: 'pending' }])
  expect(await myVoucher(provider.client)).toBeNull()
  const nothing = { minimum: 10_000n, asked: 0n, from: null }
  expect(await myPayout(provider.client)).toEqual(nothing)
  await expect(requestPayout(provider.client)).rejects.toMatchObject({ code: 'OB005' })
  expect(await setPayoutFrom(provider.client, { from: 20_000n })).toEqual({ ...nothing, from: 20_000n })
  expect(await setPayoutFrom(provider.client, { from: null })).toEqual(nothing)

  expect(await listTasks(customer.client)).toMatchObject([{ taskId, counts: { completed: 1 }, spent: 1000n }])
  expect(await cancelTask(customer.client, { taskId })).toEqual({ status: 'cancelled', refunded: 2000n })
  expect(await cancelTask(customer.client, { taskId })).toEqual({ status: 'cancelled', refunded: 0n })
  expect(await myBalance(customer.client)).toMatchObject({ free: 999_000n, held: 0n, spent: 1000n })
})

test('JM-16: a metered task says its cap, and a job costs its time at the price per hour of its node', async () => {
  const customer = await signIn(1)
  const provider = await signIn(3)
  await deposit(customer.address, parseUsdc('1'))
  const { taskId, estimate, terms } = await createTask(customer.client, {
    task: {
      ...{ title: 'By time', program: { kind: 'builtin', name: 'raytrace' }, inputs: [1, 2], acknowledgeVisible: true },
      metered: { maxPricePerChunk: 1000n },
      budget: 2000n,
    },
  })
  expect({ cost: estimate.cost, metered: terms.metered }).toEqual({ cost: 2000n, metered: true })
  const spent: bigint[] = []
  // Ten USDC a second come to the cap, however quick it was; nothing an hour to the least price of a chunk.
  for (const pricePerHour of [parseUsdc('36000'), 0n]) {
    const { nodeId, nodeSecret } = await registerNode(provider.client, { hardwareId: 'meter', pricePerHour })
    const node = createClient({ supabaseUrl: gateway.url, supabaseKey: anonKey, nodeKey: nodeSecret })
    const { jobId, attempt } = jobOf(await workCycle(node, { nodeId }))
    const done = { jobId, attempt, outcome: 'succeeded', result: 1, resultHash: resultHash(1) } as const
    expect(await workCycle(node, { nodeId, done, claim: false })).toMatchObject({ accepted: true })
    spent.push((await getTask(customer.client, { taskId })).spent)
  }
  expect(spent).toEqual([1000n, 1100n])
  expect(await getTask(customer.client, { taskId })).toMatchObject({
    ...{ status: 'completed', metered: true, pricePerChunk: 1000n, budget: 2000n, held: 0n },
  })
})

test('a site, its visitor by the bridge’s origin, and a claim code', async () => {
  const owner = await signIn(3)
  await asCoordinator('select oblivion.set_embedding(array[$1])', [page])
  const site = await createSite(owner.client, { site: { name: 'A blog', origins: ['https://blog.example'] } })
  expect(site).toMatchObject({ ownerBps: 10_000, visitors: 0, revokedAt: null })
  const changed = await updateSite(owner.client, { siteId: site.siteId, changes: { ownerBps: 2500 } })
  expect(await listSites(owner.client)).toEqual([changed])
  const { siteKey } = site
  const visitor = createClient({
    supabaseUrl: gateway.url,
    supabaseKey: anonKey,
    // What a browser writes by itself.
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, origin: page } }),
  })
  const { nodeId } = await registerNode(visitor, { hardwareId: 'a-browser', siteKey })
  expect(nodeId).toMatch(/^[0-9a-f-]{36}$/)
  const elsewhere = createClient({ supabaseUrl: gateway.url, supabaseKey: anonKey })
  await expect(registerNode(elsewhere, { hardwareId: 'a-browser', siteKey })).rejects.toThrow(ForeignBridgeError)
  await expect(showClaimCode(owner.client, { code: 'obc_none' })).rejects.toThrow(ClaimCodeInvalidError)
  await expect(redeemClaimCode(owner.client, { code: 'obc_none' })).rejects.toThrow(ClaimCodeInvalidError)
  expect(await revokeSiteKey(owner.client, { siteId: site.siteId })).toMatchObject({ visitors: 1, online: 0 })
  await expect(registerNode(visitor, { hardwareId: 'a-browser', siteKey })).rejects.toThrow(SiteKeyInvalidError)
  expect(await forgetMe(owner.client)).toMatchObject({ sites: 1 })
  expect(await listSites(owner.client)).toEqual([])
})

test('the sources’ own calls, through an app’s supabase-js client', async () => {
  const customer = await signIn(2)
  const provider = await signIn(4)
  const client = clientFromSupabase(provider.supabase)
  const providerAddress = provider.address
  await deposit(customer.address, parseUsdc('1'))
  const { taskId } = await createTask(clientFromSupabase(customer.supabase), { task: draft([1, 2]) })
  await registerNode(client, { hardwareId: 'tab' })

  const [candidate] = await nextJobs(client, { providerAddress })
  if (candidate === undefined) throw new Error('there was no candidate')
  expect(candidate).toMatchObject({ type: 'raytrace', priority: 0 })
  expect(await claimJobFair(client, { jobId: candidate.jobId, providerAddress })).toBe(true)
  expect(await claimJobFair(client, { jobId: candidate.jobId, providerAddress })).toBe(false)
  const result = 'a result'
  const handIn = { jobId: candidate.jobId, providerAddress, attempt: 1, result, resultHash: resultHash(result) }
  expect(await completeJob(client, handIn)).toBe(true)
  expect(await failJob(client, { jobId: candidate.jobId, providerAddress, error: 'late', attempt: 1 })).toBe(false)
  expect((await taskResults(customer.client, { taskId })).results).toMatchObject([{ result }])

  expect(await failureOf(nextJobs(client, { providerAddress: customer.address }))).toBeInstanceOf(WalletMismatchError)
})

test('SQL books the fee of a chunk by the rule of feeOfChunk', async () => {
  const terms = fc.sample(
    fc.record({
      price: fc.bigInt({ min: 0n, max: 1_000_000_000_000n }),
      feeBps: fc.integer({ min: 0, max: 10_000 }),
      index: fc.integer({ min: 0, max: 10_000 }),
    }),
    { numRuns: 2_000, seed: 7 },
  )
  const rows = await database.query<{ fee: string }>(
    `select oblivion.chunk_fee(t.price, t.bps, t.index)::text as fee
       from unnest($1::bigint[], $2::int[], $3::int[]) with ordinality as t (price, bps, index, place)
      order by t.place`,
    [terms.map(({ price }) => String(price)), terms.map(({ feeBps }) => feeBps), terms.map(({ index }) => index)],
  )
  expect(rows.map(({ fee }) => BigInt(fee))).toEqual(terms.map(feeOfChunk))
})

describe('what anyone may read', () => {
  test('the figures of the network and its workers', async () => {
    const anyone = createClient({ supabaseUrl: gateway.url, supabaseKey: anonKey })
    expect(await getNetworkStats(anyone)).toMatchObject({ byType: { server: 0, python: 0 }, feeBps: 500 })
    for (const { worker, worker_type } of await getWorkerStats(anyone)) {
      expect(worker_type).toBe('browser')
      expect(worker.length).toBeLessThan(42)
    }
  })
})

describe('refusals of SQL arrive as their classes', () => {
  test('without a session', async () => {
    const anyone = createClient({ supabaseUrl: gateway.url, supabaseKey: anonKey })
    expect(await failureOf(myBalance(anyone))).toBeInstanceOf(NotSignedInError)
  })

  test('with a session that was tampered with', async () => {
    const forged = createClient({
      supabaseUrl: gateway.url,
      supabaseKey: anonKey,
      accessToken: async () => `${anonKey}x`,
    })
    expect(await failureOf(myBalance(forged))).toBeInstanceOf(SessionRejectedError)
  })

  test('with a node key that is wrong', async () => {
    const { client } = await signIn(5)
    const { nodeId } = await registerNode(client, { hardwareId: 'a' })
    const impostor = createClient({ supabaseUrl: gateway.url, supabaseKey: anonKey, nodeKey: 'guessed' })
    expect(await failureOf(workCycle(impostor, { nodeId }))).toBeInstanceOf(NodeKeyInvalidError)
  })

  test('with values: no money, a bad field, no such task', async () => {
    const { client } = await signIn(6)
    expect(await failureOf(createTask(client, { task: draft([1]) }))).toMatchObject({
      name: InsufficientBalanceError.name,
      values: { needed: '1000', free: '0' },
    })
    const invalid = await failureOf(createTask(client, { task: draft([]) }))
    expect(invalid).toBeInstanceOf(InvalidInputError)
    expect(invalid.values).toMatchObject({ field: 'inputs' })
    const taskId = '00000000-0000-4000-8000-000000000000'
    const missing = await failureOf(getTask(client, { taskId }))
    expect(missing).toBeInstanceOf(TaskNotFoundError)
    expect(missing.values).toEqual({ taskId })
  })
})
