import { Hono } from 'hono'
import { asRecord } from '../http/asRecord.ts'
import { bodyLimits, limitBody } from '../http/limitBody.ts'

/** What pages may ask of the chain. Anvil's own methods mine blocks, set balances and act for any account. */
const forPages = /^(eth|net|web3)_/

/** JSON-RPC of the local chain, behind the same checks as every door. Anvil itself is started without CORS. */
export const chainRoute = (upstream: string): Hono => {
  const app = new Hono()
  app.use(limitBody(bodyLimits.chain))
  app.post('/', async (c) => {
    const body = await c.req.text()
    const fromPage = c.req.header('origin') !== undefined
    const refused = fromPage ? refusedMethod(body) : null
    if (refused !== null) {
      const message = `Pages may not call ${refused}.`
      return c.json({ jsonrpc: '2.0', id: null, error: { code: -32601, message } }, 403)
    }
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(upstream, { method: 'POST', headers, body }).catch(() => null)
    if (answer === null) {
      return c.json(
        { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'The local chain does not answer.' } },
        502,
      )
    }
    return c.body(await answer.text(), 200, headers)
  })
  return app
}

/** The first method of a request or batch that a page may not call; a body that is no JSON is the chain's to refuse. */
const refusedMethod = (body: string): string | null => {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return 'anything but JSON'
  }
  for (const call of Array.isArray(parsed) ? parsed : [parsed]) {
    const { method } = asRecord(call)
    if (typeof method !== 'string' || !forPages.test(method)) return String(method)
  }
  return null
}
