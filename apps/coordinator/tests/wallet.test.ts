import { readCustomer, readTokenBalance } from '@oblivion/contracts'
import { startStripeApi } from '@oblivion/stack/testing'
import type { Address, Hex, TypedDataDefinition } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { increaseTime, mine, sendTransaction, signTypedData } from 'viem/actions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type Person, postTask, type Worker, type World } from './world/createWorld.ts'
import { openGateway } from './world/openGateway.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

/*
 * RN-12 over real HTTP: balance and transactions, deposits and withdrawals, in each kind of money. What a wallet signs is
 * signed and sent here as a program would, on a real chain, and comes back through the indexer.
 */

const secretKey = 'sk_test_secretOfATest'

let world: World
let gateway: Awaited<ReturnType<typeof openGateway>>
let stripe: Awaited<ReturnType<typeof startStripeApi>>
let coordinator: Awaited<ReturnType<typeof runCoordinator>>
let customer: Person
let token: string
let worker: Worker

beforeAll(async () => {
  world = await createWorld()
  gateway = await openGateway(world)
  stripe = await startStripeApi(secretKey)
  const project = { supabaseUrl: gateway.url, supabaseKey: gateway.anonKey }
  const cards = {
    ...{ secretKey, webhookSecret: 'whsec_x', apiUrl: stripe.url, maxUsd: 500, disputeWindowDays: 120, payer: null },
    ...project,
  }
  coordinator = await runCoordinator({ ...world.configuration, cards, storage: project, sandbox: true })
  customer = await world.person(world.chain.customer.account as never)
  token = await gateway.signIn(customer.account)
  worker = await world.worker()
  await until('play money is on', async () => (await balance()).sandbox)
})
afterAll(async () => {
  await coordinator?.stop()
  await stripe?.close()
  await gateway?.end()
  await world?.end()
})

type Answer = { status: number; body: Record<string, unknown> }
const call = async (path: string, init: RequestInit = {}, by: string | null = token): Promise<Answer> => {
  const headers = { 'content-type': 'application/json', ...(by === null ? {} : { authorization: `Bearer ${by}` }) }
  const answer = await fetch(`http://127.0.0.1:${coordinator.port}${path}`, { ...init, headers })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}
const post = (way: 'deposit' | 'withdraw', body: unknown, by: string | null = token) =>
  call(`/api/wallet/${way}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }, by)
type Balance = {
  wallet: string
  chain: Record<'free' | 'held' | 'exiting' | 'withdrawn' | 'deposited', string>
  card: Record<'free' | 'returning', string>
  sandbox: { free: string; held: string } | null
  earnings: Record<'total' | 'claimable' | 'settled', string>
}
const balance = async (by = token) => (await call('/api/wallet/balance', {}, by)).body as unknown as Balance
const chainUntil = (what: string, is: (chain: Balance['chain']) => boolean) =>
  until(what, async () => {
    await world.finalize()
    const { chain } = await balance()
    return is(chain) ? chain : null
  })

type Permit = TypedDataDefinition & { message: { deadline: string } }
type Step = { call: string; to: Address; data: Hex }
/** As the customer's own program would. */
const send = async (body: unknown, client = world.chain.customer) => {
  for (const { to, data } of (body as { transactions: Step[] }).transactions)
    await world.chain.mined(await sendTransaction(client, { to, data }))
}
const callsOf = (body: unknown) => (body as { transactions: Step[] }).transactions.map((step) => step.call)
const escrow = async () => {
  const { settlement, deployer } = world.chain
  return (await readCustomer(deployer, { settlement, customer: customer.account.address })).escrow
}

describe('tokens', () => {
  test('RN-12: are deposited by two transactions of the wallet’s own, and are there once that is final', async () => {
    const { status, body } = await post('deposit', { asset: 'chain', amount: '5000000' })
    expect({ status, ...body }).toMatchObject({
      ...{ status: 'to_sign', asset: 'chain', chainId: 31_337, from: customer.account.address },
      ...{ settlementAddress: world.chain.settlement, tokenAddress: world.chain.token },
    })
    expect(status).toBe(200)
    expect(callsOf(body)).toEqual(['approve', 'deposit'])
    expect(await escrow()).toBe(0n)
    await send(body)
    expect(await chainUntil('the deposit is booked', ({ deposited }) => deposited === '5000000')).toMatchObject({
      free: '5000000',
    })
  })
  test('are deposited by one signature and one transaction, where the token has permits', async () => {
    const order = { asset: 'chain', amount: '7000000' }
    const { permit } = (await post('deposit', order)).body as unknown as { permit: Permit }
    const signature = await signTypedData(world.chain.customer, { ...permit, account: world.chain.customer.account })
    const { deadline } = permit.message
    const { body } = await post('deposit', { ...order, permit: { deadline, signature } })
    expect(callsOf(body)).toEqual(['depositWithPermit'])
    await send(body)
    expect(await escrow()).toBe(12_000_000n)
    await chainUntil('it is booked', ({ deposited }) => deposited === '12000000')
    const statement = await call('/api/wallet/transactions?account=free&limit=1')
    expect(statement.body).toMatchObject({
      ...{ account: 'free', asset: 'chain', balance: '12000000' },
      rows: [{ kind: 'deposit', amount: '7000000', txHash: expect.stringMatching(/^0x/) }],
    })
    const next = String(statement.body.next)
    const rest = await call(`/api/wallet/transactions?after=${next}`)
    expect(rest.body).toMatchObject({ rows: [{ amount: '5000000' }], next: null })
  })
  test('that the wallet does not hold are refused before they cost gas', async () => {
    const answer = await post('deposit', { asset: 'chain', amount: '2000000000' })
    expect(answer).toMatchObject({ status: 409, body: { code: 'OB007', values: { needed: '2000000000' } } })
  })
  test('RN-12: leave by the exit: asked for, waited for, withdrawn; a deposit of play money changes none of it', async () => {
    expect(await post('withdraw', { asset: 'chain' })).toMatchObject({ status: 400, body: { code: 'OB005' } })
    const tooMuch = await post('withdraw', { asset: 'chain', amount: '12000001' })
    expect(tooMuch).toMatchObject({ status: 409, body: { code: 'OB007', values: { free: '12000000' } } })
    const asked = await post('withdraw', { asset: 'chain', amount: '2000000' })
    expect(asked.body).toMatchObject({ status: 'to_sign', exiting: '0', delaySeconds: '120', ripeAt: null })
    expect(callsOf(asked.body)).toEqual(['requestExit'])
    await send(asked.body)
    await chainUntil('the ledger sees it', ({ exiting }) => exiting === '2000000')
    const waiting = await post('withdraw', { asset: 'chain', amount: '2000000' })
    expect(waiting.body).toMatchObject({ status: 'waiting', exiting: '2000000', transactions: [] })
    await increaseTime(world.anvil, { seconds: 130 })
    await mine(world.anvil, { blocks: 1 })
    const ripe = await post('withdraw', { asset: 'chain' })
    expect(callsOf(ripe.body)).toEqual(['withdraw'])
    expect(Number(ripe.body.lapsesAt)).toBeGreaterThan(Number(ripe.body.ripeAt))
    const holds = () =>
      readTokenBalance(world.chain.deployer, { token: world.chain.token, owner: customer.account.address })
    const before = await holds()
    await send(ripe.body)
    expect(await holds()).toBe(before + 2_000_000n)
    const after = await chainUntil(
      'it is booked',
      ({ withdrawn, exiting }) => withdrawn === '2000000' && exiting === '0',
    )
    expect(after).toMatchObject({ free: '10000000', deposited: '12000000' })
  })
})

describe('what a provider earned', () => {
  test('is claimed by itself, or sent by the operator’s next batch', async () => {
    const provider = await gateway.signIn(worker.account)
    const little = await post('withdraw', { asset: 'earnings' }, provider)
    expect(little).toMatchObject({ status: 400, body: { code: 'OB005', values: { reason: 'below_minimum' } } })
    expect((await post('withdraw', { asset: 'earnings', by: 'claim' }, provider)).body).toMatchObject({
      ...{ claimable: '0', transactions: [] },
    })
    await postTask(customer, 2, 20_000n)
    expect(await worker.work()).toBe(2)
    await until('there is a voucher', async () => {
      await world.finalize()
      return (await balance(provider)).earnings.claimable === '38000' || null
    })
    const claim = await post('withdraw', { asset: 'earnings', by: 'claim' }, provider)
    expect(claim.body).toMatchObject({ status: 'to_sign', claimable: '38000' })
    // Whoever sends it, the provider is paid.
    await send(claim.body, world.chain.stranger)
    const paid = () =>
      readTokenBalance(world.chain.deployer, { token: world.chain.token, owner: worker.account.address })
    expect(await paid()).toBe(38_000n)
    await postTask(customer, 1, 20_000n)
    await worker.work()
    const orders = [1, 2].map(() => post('withdraw', { asset: 'earnings', by: 'payout' }, provider))
    for (const { body } of await Promise.all(orders)) expect(body).toMatchObject({ status: 'pending' })
    await until('the batch pays', async () => {
      await world.finalize()
      return (await paid()) === 57_000n || null
    })
    expect((await call('/api/wallet/transactions?account=earned', {}, provider)).body).toMatchObject({ asset: 'chain' })
  })
})

describe('play money', () => {
  const order = { asset: 'test', amount: '3000000', requestId: 'request-1' }
  test('RN-12, RN-25: comes and goes at once, and once for each request however often it is sent', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('deposit', order)))
    for (const { body } of answers) expect(body).toEqual({ asset: 'test', status: 'completed', free: '3000000' })
    expect((await balance()).sandbox).toMatchObject({ free: '3000000' })
    const back = { asset: 'test', amount: '1000000', requestId: 'request-2' }
    for (const _ of [1, 2])
      expect((await post('withdraw', back)).body).toEqual({ asset: 'test', status: 'completed', free: '2000000' })
    expect((await balance()).sandbox).toMatchObject({ free: '2000000' })
    // A name is for one wish.
    const other = await post('deposit', { ...order, amount: '4000000' })
    expect(other).toMatchObject({ status: 400, body: { code: 'OB005', values: { reason: 'used' } } })
    // And of one wallet.
    const stranger = privateKeyToAccount(generatePrivateKey())
    await world.person(stranger)
    const theirs = await gateway.signIn(stranger)
    expect((await post('deposit', order, theirs)).body).toMatchObject({ free: '3000000' })
    const tooMuch = await post('withdraw', { ...order, requestId: 'request-3' })
    expect(tooMuch).toMatchObject({ status: 409, body: { code: 'OB007' } })
    expect((await balance()).chain).toMatchObject({ deposited: '12000000' })
    expect((await call('/api/wallet/transactions?asset=test')).body).toMatchObject({
      balance: '2000000',
      asset: 'test',
    })
  })
})

describe('card money', () => {
  test('is paid for on a page of Stripe’s, and goes back to its card once for each request', async () => {
    const order = { asset: 'card', amount: '25000000', requestId: 'request-c1' }
    const { body } = await post('deposit', order)
    expect(body).toMatchObject({ asset: 'card', status: 'pending', checkoutUrl: expect.stringMatching(/^https:/) })
    expect((await post('deposit', order)).body).toEqual(body)
    expect(await post('deposit', { ...order, amount: '25000001' })).toMatchObject({ body: { code: 'OB005' } })
    expect((await balance()).card).toMatchObject({ free: '0' })
    // The payment, as Stripe tells of it.
    stripe.pay({ id: 'pi_1', cents: 2_500, customer: customer.account.address.toLowerCase() })
    const facts = {
      paymentId: 'pi_1',
      customer: customer.account.address.toLowerCase(),
      amount: '25000000',
      livemode: false,
    }
    await world.ask('select oblivion.record_card_payment($1) as answer', [JSON.stringify(facts)])
    const back = { asset: 'card', amount: '5000000', requestId: 'request-c2' }
    const answers = await Promise.all(Array.from({ length: 4 }, () => post('withdraw', back)))
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 200, body: { status: 'pending', free: '20000000' } })
    await until('it is back', async () => (await balance()).card.returning === '0' || null)
    expect(stripe.creations.filter(({ path }) => path === '/v1/refunds')).toHaveLength(1)
    expect((await balance()).card).toMatchObject({ free: '20000000' })
    expect(await post('withdraw', { ...back, amount: '1' })).toMatchObject({ status: 400 })
  })
})

describe('the doors', () => {
  test('answer nobody without a session, and to each only its own', async () => {
    for (const by of [null, gateway.anonKey, `${token}x`]) {
      expect((await call('/api/wallet/balance', {}, by)).status).toBe(401)
      expect((await call('/api/wallet/transactions', {}, by)).status).toBe(401)
      for (const way of ['deposit', 'withdraw'] as const)
        expect((await post(way, { asset: 'chain', amount: '1' }, by)).status).toBe(401)
    }
    const stranger: PrivateKeyAccount = privateKeyToAccount(generatePrivateKey())
    await world.person(stranger)
    const theirs = await balance(await gateway.signIn(stranger))
    expect(theirs).toMatchObject({ wallet: stranger.address.toLowerCase(), chain: { deposited: '0' } })
  })
  test('refuse what is malformed with the name of the field', async () => {
    const requestId = 'request-9'
    const wrong: [unknown, string][] = [
      ['{', 'body'],
      [{}, 'asset'],
      [{ asset: 'gold', amount: '1' }, 'asset'],
      [{ asset: 'test', amount: 1, requestId }, 'amount'],
      [{ asset: 'test', amount: '-1', requestId }, 'amount'],
      [{ asset: 'test', amount: '1.5', requestId }, 'amount'],
      [{ asset: 'test', amount: '1' }, 'requestId'],
      [{ asset: 'card', amount: '10000', requestId: 'a b' }, 'requestId'],
      [{ asset: 'chain', amount: '0' }, 'amount'],
      [{ asset: 'chain', amount: '1', permit: { deadline: '1', signature: '0x' } }, 'permit.signature'],
      // As long as one, with a v that there is not; and with an r of naught.
      [
        { asset: 'chain', amount: '1', permit: { deadline: '1', signature: `0x${'11'.repeat(65)}` } },
        'permit.signature',
      ],
      [
        { asset: 'chain', amount: '1', permit: { deadline: '1', signature: `0x${'00'.repeat(64)}1b` } },
        'permit.signature',
      ],
    ]
    for (const [body, field] of wrong) {
      const answer = await post('deposit', body)
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 400, body: { code: 'OB005' } })
      if (field !== 'body') expect(answer.body.values).toMatchObject({ field })
    }
    for (const way of ['wallet/deposit', 'wallet/withdraw', 'cards/checkout'])
      expect(await call(`/api/${way}`, { method: 'POST', body: ' '.repeat(4_097) })).toMatchObject({
        status: 413,
        body: { code: 'OB005', values: { field: 'body', reason: 'size' } },
      })
    for (const query of ['account=theirs', 'asset=gold', 'limit=0', 'limit=501', 'taskId=1'])
      expect(await call(`/api/wallet/transactions?${query}`)).toMatchObject({ status: 400, body: { code: 'OB005' } })
    expect((await call('/api/wallet/transactions?account=task')).body.code).toMatch(/^OB00[58]$/)
  })
  test('are described, each of them, by one document', async () => {
    const { body } = await call('/api/openapi.json', {}, null)
    expect(Object.keys(body.paths as object).sort()).toEqual([
      ...['/api/briefs', '/api/cards', '/api/cards/checkout', '/api/cards/webhook'],
      ...['/api/jobs', '/api/jobs/create', '/api/jobs/pending/{workerId}', '/api/jobs/user/{qubicAddress}'],
      ...['/api/jobs/{jobId}', '/api/jobs/{jobId}/complete', '/api/jobs/{jobId}/progress'],
      ...['/api/tasks', '/api/tasks/{taskId}', '/api/tasks/{taskId}/inputs', '/api/tasks/{taskId}/results'],
      ...['/api/wallet/balance', '/api/wallet/deposit', '/api/wallet/transactions', '/api/wallet/withdraw'],
      ...['/api/worker/heartbeat', '/api/worker/next-chunk', '/api/worker/record-chunk'],
      ...[
        '/bots',
        '/bots/heartbeat',
        '/bots/register',
        '/bots/{id}',
        '/datalake/export/{date}',
        '/datalake/stats',
        '/health',
        '/healthz',
      ],
      ...[
        '/jobs',
        '/jobs/claim',
        '/jobs/populate',
        '/jobs/{id}',
        '/jobs/{id}/complete',
        '/jobs/{id}/fail',
        '/jobs/{id}/start',
      ],
      ...['/metrics', '/metrics/summary'],
    ])
    expect(JSON.stringify(body)).toContain('"DepositOrder"')
  })
})
