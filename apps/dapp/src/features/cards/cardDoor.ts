import { type CardOffer, errorFromCode, UnexpectedAnswerError } from '@oblivion/core'
import type { Config } from '../shell/config.ts'
import { accessToken } from '../wallet/accessToken.ts'

/**
 * Whether the operator takes cards, and how much at once; null where it does not. A server that does not answer takes none:
 * cards are an option beside the tokens, never a reason for an error.
 */
export async function readCardOffer(config: Config, signal?: AbortSignal): Promise<CardOffer | null> {
  const answer = await fetch(`${config.apiUrl}/api/cards`, { signal: signal ?? null }).catch(() => null)
  if (!answer?.ok) return null
  const offer = (await answer.json().catch(() => ({}))) as Record<string, unknown>
  if (offer.available !== true) return null
  return {
    available: true,
    mode: offer.mode === 'live' ? 'live' : 'test',
    least: BigInt(String(offer.least)),
    most: BigInt(String(offer.most)),
  }
}

/**
 * Asks for a page of Stripe's on which this wallet pays; answers its address.
 *
 * @param order.requestId the same for the same wish: asked twice it is one payment
 * @throws OblivionError the server's refusal, by code
 */
export async function openCheckout(
  config: Config,
  address: string,
  order: { cents: number; requestId: string },
): Promise<string> {
  const answer = await fetch(`${config.apiUrl}/api/cards/checkout`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await accessToken(config, address)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(order),
  })
  const body = (await answer.json()) as { url?: string; code?: string; message?: string; hint?: string; error?: string }
  if (answer.ok && body.url !== undefined) return body.url
  throw (
    errorFromCode(body.code ?? '', { message: body.message, hint: body.hint }) ??
    (body.error === undefined
      ? new UnexpectedAnswerError({ values: { call: 'checkout', field: 'url' } })
      : new Error(body.error))
  )
}
