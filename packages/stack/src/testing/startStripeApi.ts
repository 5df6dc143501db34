import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

type Thing = Record<string, unknown> & { id: string }

/** What was sent to create something: its form, and the key under which Stripe does it once. */
type Creation = { path: string; form: URLSearchParams; idempotencyKey: string | undefined }

/**
 * Stripe's API as far as we call it, in the forms that its reference documents (https://docs.stripe.com/api): the real one
 * cannot be reached from a test. The real library talks to it over HTTP; signatures are made by that library itself.
 */
export async function startStripeApi(secretKey: string) {
  const things = { events: [], payment_intents: [], refunds: [], disputes: [] } as Record<string, Thing[]>
  const creations: Creation[] = []
  /** By idempotency key: the answer that was given first. */
  const answered = new Map<string, unknown>()
  /** What cannot be read now. */
  const broken = new Set<string>()
  let isDown = false
  let serial = 0

  const create = (path: string, form: URLSearchParams): unknown => {
    serial += 1
    if (path === '/v1/checkout/sessions')
      return { id: `cs_test_${serial}`, object: 'checkout.session', url: `https://checkout.stripe.com/c/pay/${serial}` }
    if (path !== '/v1/refunds') return null
    const isDisputed = things.disputes?.some((one) => one.payment_intent === form.get('payment_intent'))
    if (isDisputed) return 'This charge has been charged back'
    const refund = {
      ...{ id: `re_${serial}`, object: 'refund', status: 'succeeded' },
      amount: Number(form.get('amount')),
      payment_intent: form.get('payment_intent'),
      metadata: { oblivion_withdrawal: form.get('metadata[oblivion_withdrawal]') },
    }
    things.refunds?.push(refund)
    return refund
  }

  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const refuse = (status: number, message: string) =>
      answer(status, { error: { type: 'invalid_request_error', message } })
    if (isDown) return answer(500, { error: { type: 'api_error', message: 'down' } })
    if (request.headers.authorization !== `Bearer ${secretKey}`) return refuse(401, 'Invalid API Key provided.')
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://stripe')
    if (request.method === 'POST') {
      const form = new URLSearchParams(await textOf(request))
      const key = request.headers['idempotency-key'] as string | undefined
      creations.push({ path: pathname, form, idempotencyKey: key })
      if (key !== undefined && answered.has(key)) return answer(200, answered.get(key))
      const made = create(pathname, form)
      if (key !== undefined) answered.set(key, made)
      if (typeof made === 'string') return refuse(400, made)
      return made === null ? refuse(404, 'Unrecognized request URL') : answer(200, made)
    }
    const [, kind = '', id] = /^\/v1\/(\w+)(?:\/(\w+))?$/.exec(pathname) ?? []
    const all = things[kind] ?? []
    if (id !== undefined && broken.has(id)) return refuse(403, 'This cannot be read now.')
    if (kind === 'events' && id === undefined) {
      const [from, until] = ['created[gte]', 'created[lt]'].map((name) => Number(searchParams.get(name)))
      const types = [...searchParams].filter(([name]) => name.startsWith('types')).map(([, type]) => type)
      // The newest first.
      const found = all.filter(({ created, type }) => {
        const at = Number(created)
        return at >= (from ?? 0) && at < (until ?? 0) && types.includes(String(type))
      })
      return answer(200, pageOf(found.reverse(), searchParams, pathname))
    }
    if (id === undefined) {
      const data = all.filter(({ payment_intent }) => payment_intent === searchParams.get('payment_intent'))
      return answer(200, { object: 'list', data, has_more: false, url: pathname })
    }
    const thing = all.find((one) => one.id === id)
    return thing ? answer(200, thing) : refuse(404, `No such ${kind}: '${id}'`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    things,
    creations,
    /** A captured payment of a customer's. */
    pay(payment: { id: string; cents: number; customer?: string; livemode?: boolean; currency?: string }) {
      const { id, cents, customer, livemode = false, currency = 'usd' } = payment
      things.payment_intents?.push({
        ...{
          id,
          object: 'payment_intent',
          status: 'succeeded',
          currency,
          amount: cents,
          amount_received: cents,
          livemode,
        },
        metadata: customer === undefined ? {} : { oblivion_customer: customer },
      })
    },
    /** An event that Stripe knows; answers its body as Stripe would send it. */
    event(
      type: string,
      object: Record<string, unknown>,
      { id = `evt_${things.events?.length}`, created = Math.floor(Date.now() / 1000) - 1 } = {},
    ): string {
      const event = { id, object: 'event', type, created, livemode: false, api_version: 'x', data: { object } }
      things.events?.push(event)
      return JSON.stringify(event)
    },
    broken,
    setDown(down: boolean) {
      isDown = down
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

/** A page of a list, after `starting_after`, as Stripe cuts it. */
const pageOf = (found: readonly Thing[], query: URLSearchParams, url: string) => {
  const first = found.findIndex(({ id }) => id === query.get('starting_after')) + 1
  const data = found.slice(first, first + Number(query.get('limit') ?? 10))
  return { object: 'list', data, has_more: first + data.length < found.length, url }
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const part of request) text += String(part)
  return text
}
