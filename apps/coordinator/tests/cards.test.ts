import { deposit } from '@oblivion/contracts'
import { startStripeApi } from '@oblivion/stack/testing'
import Stripe from 'stripe'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CardSettings } from '../src/cards/CardSettings.ts'
import { createStripe } from '../src/cards/createStripe.ts'
import { sweepStripeEvents } from '../src/cards/sweepStripeEvents.ts'
import { createEngine } from '../src/database/createEngine.ts'
import { watchPart } from '../src/health/watchPart.ts'
import { createWorld, type Person, type World } from './world/createWorld.ts'
import { openGateway } from './world/openGateway.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

/*
 * Cards over real HTTP: the coordinator, the official library, webhooks signed by that library's own test helper. Stripe
 * itself cannot be reached from a test: what it would answer comes from a server of the test's own (startStripeApi).
 */

const secretKey = 'sk_test_secretOfATest'
const webhookSecret = 'whsec_secretOfATest'
const page = 'http://localhost:5173'

let world: World
let gateway: Awaited<ReturnType<typeof openGateway>>
let api: Awaited<ReturnType<typeof startStripeApi>>
let coordinator: Awaited<ReturnType<typeof runCoordinator>>
let settings: CardSettings
const payer = privateKeyToAccount(generatePrivateKey())

beforeAll(async () => {
  world = await createWorld()
  gateway = await openGateway(world)
  api = await startStripeApi(secretKey)
  settings = {
    ...{ secretKey, webhookSecret, apiUrl: api.url, maxUsd: 500, disputeWindowDays: 120 },
    payer: world.chain.customer.account.address,
    ...{ supabaseUrl: gateway.url, supabaseKey: gateway.anonKey },
  }
  coordinator = await runCoordinator({ ...world.configuration, cards: settings })
})
afterAll(async () => {
  await coordinator?.stop()
  await api?.close()
  await gateway?.end()
  await world?.end()
})
afterEach(() => api.setDown(false))

const ask = async (path: string, init: RequestInit = {}, port = coordinator.port) => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/cards${path}`, init)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers }
}
const order = (token: string | null, body: unknown, origin = page) =>
  ask('/checkout', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })

const signer = new Stripe(secretKey)
/** A header as Stripe sends it, by the library's own helper. */
const sign = (payload: string, options: { secret?: string; secondsAgo?: number } = {}) =>
  signer.webhooks.generateTestHeaderString({
    payload,
    secret: options.secret ?? webhookSecret,
    timestamp: Math.floor(Date.now() / 1000) - (options.secondsAgo ?? 0),
  })
const deliver = (payload: string, signature = sign(payload)) =>
  ask('/webhook', { method: 'POST', headers: { 'stripe-signature': signature }, body: payload })

let serial = 0
/** Somebody whom nobody has met, and a payment that Stripe has captured. */
const customerWithPayment = async (cents = 2_500) => {
  serial += 1
  const account: PrivateKeyAccount = privateKeyToAccount(generatePrivateKey())
  const person = await world.person(account)
  const id = `pi_${serial}`
  api.pay({ id, cents, customer: account.address.toLowerCase() })
  return { account, person, id }
}
const money = (person: Person) =>
  person.rpc<{ free: string; deposited: string; refunded: string; disputed: string; frozen: boolean }>('my_card_money')
const completed = (payment: string) =>
  api.event('checkout.session.completed', { object: 'checkout.session', id: 'cs_1', payment_intent: payment })

describe('a payment', () => {
  test('RN-26: is opened for the wallet of the session, and for nobody who is named', async () => {
    const { account } = await customerWithPayment()
    const token = await gateway.signIn(account)
    const wanted = { cents: 2_500, requestId: 'request-1', customer: payer.address }
    const answer = await order(token, wanted)
    expect(answer).toMatchObject({
      status: 200,
      body: { url: expect.stringMatching(/^https:\/\/checkout\.stripe\.com/) },
    })
    const { path, form, idempotencyKey } = api.creations.at(-1) ?? {}
    const address = account.address.toLowerCase()
    expect(path).toBe('/v1/checkout/sessions')
    expect(Object.fromEntries(form ?? [])).toEqual({
      mode: 'payment',
      'allowed_payment_method_types[0]': 'card',
      'line_items[0][quantity]': '1',
      'line_items[0][price_data][currency]': 'usd',
      'line_items[0][price_data][unit_amount]': '2500',
      'line_items[0][price_data][product_data][name]': 'Computing on Oblivion',
      client_reference_id: address,
      'metadata[oblivion_customer]': address,
      'payment_intent_data[metadata][oblivion_customer]': address,
      success_url: `${page}/wallet?card=paid`,
      cancel_url: `${page}/wallet?card=cancelled`,
    })
    expect(idempotencyKey).toContain(address)
    // Asked twice it is one session; another request is another.
    expect((await order(token, wanted)).body.url).toBe(answer.body.url)
    expect((await order(token, { ...wanted, requestId: 'request-2' })).body.url).not.toBe(answer.body.url)
  })
  test('is refused without a session, with a forged one, from a foreign page, and out of range', async () => {
    const { account } = await customerWithPayment()
    const token = await gateway.signIn(account)
    const wanted = { cents: 2_500, requestId: 'request-1' }
    const before = api.creations.length
    expect(await order(null, wanted)).toMatchObject({ status: 401, body: { code: 'OB001' } })
    expect(await order(`${token}x`, wanted)).toMatchObject({ status: 401 })
    expect(await order(gateway.anonKey, wanted)).toMatchObject({ status: 401, body: { code: 'OB001' } })
    expect((await order(token, wanted, 'https://evil.example')).status).toBe(403)
    for (const cents of [99, 50_001, 100.5, -100, '2500', null])
      expect(await order(token, { ...wanted, cents })).toMatchObject({ status: 400, body: { code: 'OB005' } })
    expect(await order(token, { ...wanted, requestId: '' })).toMatchObject({ status: 400 })
    expect(api.creations).toHaveLength(before)
    api.setDown(true)
    expect((await order(token, wanted)).status).toBe(503)
  })
  test('may be asked for by our own page, which the browser asks about first', async () => {
    const asked = await fetch(`http://127.0.0.1:${coordinator.port}/api/cards/checkout`, {
      method: 'OPTIONS',
      headers: { origin: page, 'access-control-request-method': 'POST' },
    })
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe(page)
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization')
  })
})

describe('a message of Stripe', () => {
  test('RN-26: books the payment once, however often it comes and by whichever event', async () => {
    const { person, id } = await customerWithPayment()
    const payload = completed(id)
    expect(await deliver(payload)).toMatchObject({ status: 200, body: { outcome: 'booked' } })
    expect(await deliver(payload)).toMatchObject({ status: 200, body: { outcome: 'seen' } })
    const succeeded = api.event('payment_intent.succeeded', { object: 'payment_intent', id })
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(succeeded)))
    expect(answers.filter(({ body }) => body.outcome === 'booked')).toHaveLength(1)
    expect(await money(person)).toMatchObject({ free: '25000000', deposited: '25000000' })
  })
  test('with a wrong secret, other bytes, an old or no signature is refused', async () => {
    const { person, id } = await customerWithPayment()
    const payload = completed(id)
    const refused = [
      sign(payload, { secret: 'whsec_another' }),
      sign(payload.replace(id, 'pi_other')),
      sign(payload, { secondsAgo: 301 }),
      '',
      't=1,v1=00',
    ]
    for (const signature of refused) expect((await deliver(payload, signature)).status).toBe(400)
    // The same JSON in other bytes is not what was signed.
    expect((await deliver(` ${payload}`, sign(payload))).status).toBe(400)
    expect(await money(person)).toMatchObject({ deposited: '0' })
    expect((await deliver(payload, sign(payload, { secondsAgo: 299 }))).status).toBe(200)
    expect(await money(person)).toMatchObject({ deposited: '25000000' })
  })
  test('M16: of a thief who has the signing secret is worth nothing', async () => {
    const { person, id } = await customerWithPayment(100)
    const thief = person.account.address.toLowerCase()
    const forged = (event: string, object: Record<string, unknown>) =>
      JSON.stringify({ id: event, object: 'event', type: 'checkout.session.completed', data: { object } })
    const intent = {
      ...{ object: 'payment_intent', id: 'pi_invented', status: 'succeeded', currency: 'usd' },
      ...{ amount_received: 99_999_00, metadata: { oblivion_customer: thief } },
    }
    // Invented, with all that a payment has.
    expect((await deliver(forged('evt_invented', intent))).status).toBe(400)
    expect(coordinator.said(/change STRIPE_WEBHOOK_SECRET/)).toHaveLength(1)
    // Somebody else's event with other contents, and a real one told as larger: it is booked as Stripe has it.
    const other = await customerWithPayment(300)
    const { id: eventId } = JSON.parse(completed(other.id)) as { id: string }
    expect(await deliver(forged(eventId, intent))).toMatchObject({ status: 200 })
    expect(await money(person)).toMatchObject({ deposited: '0' })
    expect(await money(other.person)).toMatchObject({ deposited: '3000000' })
    await deliver(completed(id))
    expect(await money(person)).toMatchObject({ deposited: '1000000' })
  })
  test('about what is not ours changes nothing', async () => {
    const { person } = await customerWithPayment()
    api.pay({ id: 'pi_foreign', cents: 100 })
    api.pay({ id: 'pi_euro', cents: 100, currency: 'eur', customer: person.account.address.toLowerCase() })
    for (const payment of ['pi_foreign', 'pi_euro'])
      expect(await deliver(completed(payment))).toMatchObject({ status: 200, body: { outcome: 'ignored' } })
    expect(await deliver(api.event('customer.created', { object: 'customer', id: 'cus_1' }))).toMatchObject({
      body: { outcome: 'ignored' },
    })
    expect(await money(person)).toMatchObject({ deposited: '0' })
    // A real card beside a test network (M1).
    api.pay({ id: 'pi_live', cents: 100, livemode: true, customer: person.account.address.toLowerCase() })
    expect(await deliver(completed('pi_live'))).toMatchObject({ status: 400, body: { code: 'OB005' } })
  })
  test('that comes while Stripe or the database is away is asked for again, and booked then', async () => {
    const { person, id } = await customerWithPayment()
    const payload = completed(id)
    api.setDown(true)
    expect((await deliver(payload)).status).toBe(503)
    api.setDown(false)
    expect((await deliver(payload)).status).toBe(200)
    expect(await money(person)).toMatchObject({ deposited: '25000000' })
  })
  test('of a dispute before the payment, a refund before its charge, and all of them again', async () => {
    const { person, id } = await customerWithPayment()
    const dispute = {
      id: `du_${serial}`,
      object: 'dispute',
      payment_intent: id,
      amount: 1_000,
      status: 'needs_response',
    }
    api.things.disputes?.push(dispute)
    const opened = api.event('charge.dispute.created', dispute)
    expect(await deliver(opened)).toMatchObject({ body: { outcome: 'booked' } })
    expect(await money(person)).toMatchObject({ free: '15000000', disputed: '10000000', frozen: true })
    // A frozen customer pays nothing in either.
    const token = await gateway.signIn(person.account)
    expect(await order(token, { cents: 500, requestId: 'request-1' })).toMatchObject({ body: { code: 'OB090' } })
    api.things.refunds?.push({
      ...{ id: `re_x${serial}`, object: 'refund', payment_intent: id, amount: 500, status: 'succeeded' },
    })
    await deliver(api.event('charge.refunded', { object: 'charge', id: 'ch_1', payment_intent: id }))
    await deliver(completed(id))
    expect(await money(person)).toMatchObject({ free: '10000000', refunded: '5000000', deposited: '25000000' })
    dispute.status = 'won'
    await deliver(api.event('charge.dispute.closed', dispute))
    await deliver(opened)
    expect(await money(person)).toMatchObject({ free: '20000000', disputed: '0', frozen: false })
    // An inquiry takes no money.
    api.things.disputes?.push({ ...dispute, id: `du_i${serial}`, status: 'warning_needs_response' })
    await deliver(api.event('charge.dispute.created', dispute))
    expect(await money(person)).toMatchObject({ free: '20000000', frozen: false })
  })
})

describe('a withdrawal', () => {
  type Withdrawn = {
    free: string
    returning: string
    refunded: string
    withdrawals: { state: string; reason: string }[]
  }
  const withdrawn = (person: Person) => person.rpc<Withdrawn>('my_card_money')
  const ended = (person: Person) =>
    until('the withdrawal ends', async () => {
      const all = await withdrawn(person)
      return all.withdrawals.every(({ state }) => state !== 'requested') ? all : null
    })
  test('goes back to the card that it came from, once', async () => {
    const { person, id } = await customerWithPayment()
    await deliver(completed(id))
    expect(await person.rpc('request_card_refund', { p_amount: '5000000' })).toMatchObject({ free: '20000000' })
    expect(await ended(person)).toMatchObject({
      ...{ free: '20000000', returning: '0', refunded: '5000000' },
      withdrawals: [{ state: 'returned' }],
    })
    const refunds = api.creations.filter(({ path }) => path === '/v1/refunds')
    expect(refunds).toHaveLength(1)
    expect(Object.fromEntries(refunds[0]?.form ?? [])).toMatchObject({ payment_intent: id, amount: '500' })
    expect(refunds[0]?.idempotencyKey).toMatch(/^withdrawal:[0-9a-f-]{36}$/)
    // Stripe tells of it as well, as of any refund.
    await deliver(api.event('charge.refunded', { object: 'charge', id: 'ch_1', payment_intent: id }))
    expect(await withdrawn(person)).toMatchObject({ free: '20000000', refunded: '5000000' })
  })
  test('that was made before whoever asked could book it is found, not made again', async () => {
    const { person, id } = await customerWithPayment()
    await deliver(completed(id))
    await coordinator.stop()
    const before = api.creations.length
    await person.rpc('request_card_refund', { p_amount: '1000000' })
    const [part] = await world.ask<{ withdrawalId: string }[]>('select oblivion.card_refunds_due() as answer')
    api.things.refunds?.push({
      ...{ id: `re_k${serial}`, object: 'refund', payment_intent: id, amount: 100, status: 'succeeded' },
      metadata: { oblivion_withdrawal: part?.withdrawalId },
    })
    coordinator = await runCoordinator({ ...world.configuration, cards: settings })
    expect(await ended(person)).toMatchObject({ refunded: '1000000', withdrawals: [{ state: 'returned' }] })
    expect(api.creations).toHaveLength(before)
  })
  test('that Stripe refuses is free again, with the reason', async () => {
    const { person, id } = await customerWithPayment()
    await deliver(completed(id))
    // An inquiry, which is no dispute for us; Stripe refunds nothing meanwhile.
    api.things.disputes?.push({
      ...{ id: `du_${serial}`, object: 'dispute', payment_intent: id, amount: 100, status: 'warning_needs_response' },
    })
    await person.rpc('request_card_refund', { p_amount: '1000000' })
    expect(await ended(person)).toMatchObject({
      ...{ free: '25000000', returning: '0', refunded: '0' },
      withdrawals: [{ state: 'failed', reason: expect.stringContaining('charged back') }],
    })
  })
})

describe('what no message brought', () => {
  const restart = async () => {
    await coordinator.stop()
    coordinator = await runCoordinator({ ...world.configuration, cards: settings })
  }
  const deposited = (person: Person, is: string) =>
    until(`${is} is booked`, async () => ((await money(person)).deposited === is ? true : null))
  test('is found in Stripe’s own list, once, whatever stands beside it', async () => {
    // A payment whose message never came; one of which it was cut off; one of money that does not belong here.
    const [lost, cut] = [await customerWithPayment(300), await customerWithPayment(400)]
    completed(lost.id)
    const payload = completed(cut.id)
    api.setDown(true)
    expect((await deliver(payload)).status).toBe(503)
    api.setDown(false)
    api.pay({ id: 'pi_live2', cents: 100, livemode: true, customer: lost.account.address.toLowerCase() })
    completed('pi_live2')
    // And one that Stripe lists, of a payment that it does not have.
    completed('pi_gone')
    const after = await customerWithPayment(800)
    completed(after.id)
    await restart()
    await deposited(lost.person, '3000000')
    await deposited(after.person, '8000000')
    await until('its event is said to be refused', () => {
      const refused = coordinator.said('an event of Stripe cannot be booked')
      return JSON.stringify(refused).includes('pi_gone') || null
    })
    await deposited(cut.person, '4000000')
    await until('it is said', () => coordinator.said(/booked what no message of Stripe brought/).length === 1 || null)
    // Its message comes after all, and the list is read again.
    expect(await deliver(payload)).toMatchObject({ body: { outcome: 'seen' } })
    await restart()
    const later = await customerWithPayment(500)
    await deliver(completed(later.id))
    expect(await money(cut.person)).toMatchObject({ deposited: '4000000' })
  })
  test('is looked for from where the last look ended, and never further back', async () => {
    const old = await customerWithPayment(600)
    const event = { object: 'checkout.session', id: 'cs_old', payment_intent: old.id }
    api.event('checkout.session.completed', event, { created: Math.floor(Date.now() / 1000) - 2 * 3_600 })
    const fresh = await customerWithPayment(700)
    completed(fresh.id)
    await restart()
    await deposited(fresh.person, '7000000')
    expect(await money(old.person)).toMatchObject({ deposited: '0' })
    await coordinator.stop()
    await world.ask(`update oblivion.settings set card_swept_to = now() - interval '3 hours' returning 1 as answer`)
    await restart()
    await deposited(old.person, '6000000')
  })
  test('and a long list is read in parts, to its end', async () => {
    await coordinator.stop()
    const nowSeconds = Math.floor(Date.now() / 1000)
    const all = await Promise.all(Array.from({ length: 12 }, () => customerWithPayment(100)))
    for (const [place, { id }] of all.entries()) {
      const event = { object: 'payment_intent', id }
      api.event('payment_intent.succeeded', event, { created: nowSeconds - 20 * 86_400 + place * 7_200 })
    }
    await world.ask('update oblivion.settings set card_swept_to = null returning 1 as answer')
    const { databaseUrl } = world.configuration
    const engine = createEngine({ databaseUrl, watch: watchPart({ part: 'database', now: Date.now, onChange() {} }) })
    const stripe = createStripe(settings)
    const passes = []
    while (passes.at(-1)?.isDone !== true) {
      // The clock stands: the last hour is full of events of the tests before.
      passes.push(await sweepStripeEvents({ stripe, engine, nowSeconds: nowSeconds - 10 * 86_400, most: 5 }))
    }
    await engine.close()
    expect(passes.length).toBeGreaterThan(2)
    for (const { booked } of passes) expect(booked).toBeLessThan(5)
    expect(passes.reduce((total, { booked }) => total + booked, 0)).toBe(12)
    coordinator = await runCoordinator({ ...world.configuration, cards: settings })
  })
})

test('a withdrawal that cannot be made now does not stand before those of others', async () => {
  const [stuck, other] = [await customerWithPayment(), await customerWithPayment()]
  for (const { id, person } of [stuck, other]) {
    await deliver(completed(id))
    if (id === stuck.id) api.broken.add(id)
    await person.rpc('request_card_refund', { p_amount: '1000000' })
  }
  const stateOf = async (person: Person) =>
    (await person.rpc<{ withdrawals: { state: string }[] }>('my_card_money')).withdrawals[0]?.state
  await until('the other is sent', async () => ((await stateOf(other.person)) === 'returned' ? true : null))
  expect(await stateOf(stuck.person)).toBe('requested')
  api.broken.clear()
  await until('it is sent as well', async () => ((await stateOf(stuck.person)) === 'returned' ? true : null))
})

test("card money pays a provider on chain: after its window, out of the operator's escrow", async () => {
  const { chain } = world
  const { person, id } = await customerWithPayment()
  await deliver(completed(id))
  const worker = await world.worker()
  const task = { title: 'A test', type: 'raytrace', inputs: [1, 2], pricePerChunk: '1000000', acknowledgeVisible: true }
  await person.rpc('create_task', { p_task: JSON.stringify({ ...task, asset: 'card' }) })
  expect(await worker.work()).toBe(2)
  await world.ask(
    `update oblivion.tasks set created_at = now() - interval '121 days' where asset = 'card' returning 1 as answer`,
  )
  await chain.mined(await deposit(chain.customer, { settlement: chain.settlement, amount: 5_000_000n }))
  const voucher = await until('a voucher over card earnings', async () => {
    await world.finalize()
    return worker.rpc<{ cumulative: string } | null>('my_voucher')
  })
  expect(voucher).toMatchObject({ cumulative: '1900000' })
  expect(coordinator.health().settlement).toMatchObject({ state: 'settling' })
})

describe('without keys', () => {
  test('RN-26: the option is absent, and nothing else is', async () => {
    const plain = await runCoordinator(world.configuration)
    try {
      expect(await ask('', {}, plain.port)).toMatchObject({ status: 200, body: { available: false } })
      for (const path of ['/checkout', '/webhook'])
        expect((await ask(path, { method: 'POST', body: '{}' }, plain.port)).status).toBe(404)
    } finally {
      await plain.stop()
    }
  })
  test('and with keys of the other mode as well; with them it says what it takes', async () => {
    expect(await ask('')).toMatchObject({
      body: { available: true, mode: 'test', least: '1000000', most: '500000000' },
    })
    const live = await runCoordinator({ ...world.configuration, cards: { ...settings, secretKey: 'sk_live_x' } })
    try {
      expect(await ask('', {}, live.port)).toMatchObject({ body: { available: false, mode: 'live' } })
      const { account } = await customerWithPayment()
      const headers = { authorization: `Bearer ${await gateway.signIn(account)}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ cents: 500, requestId: 'request-1' })
      expect(await ask('/checkout', { method: 'POST', headers, body }, live.port)).toMatchObject({
        status: 404,
        body: { code: 'OB091' },
      })
    } finally {
      await live.stop()
    }
  })
  test('no secret is in the log', () => {
    for (const secret of [secretKey, webhookSecret]) expect(coordinator.text()).not.toContain(secret)
  })
})
