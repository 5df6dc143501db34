import Stripe from 'stripe'
import type { CardSettings } from './CardSettings.ts'

/**
 * The official library, which pins its own version of the API. It retries what failed on the way, under the same
 * idempotency key.
 */
export function createStripe(settings: Pick<CardSettings, 'secretKey' | 'apiUrl'>): Stripe {
  const { protocol, hostname, port } = new URL(settings.apiUrl)
  return new Stripe(settings.secretKey, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    ...(port === '' ? {} : { port }),
    maxNetworkRetries: 2,
    timeout: 10_000,
    telemetry: false,
  })
}
