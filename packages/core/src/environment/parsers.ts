import { parseUsdc } from '../money/parseUsdc.ts'

/** Parsers of the table. Each throws an Error whose message completes "the variable ...". */

const fail = (reason: string): never => {
  throw new Error(reason)
}

export const text = (value: string): string => value

export const port = (value: string): number => {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : -1
  return number >= 0 && number <= 65_535 ? number : fail('is not a port (0 to 65535; 0 takes any free one)')
}

export const count = (value: string): number =>
  /^[1-9]\d{0,8}$/.test(value) ? Number(value) : fail('is not a whole number from 1')

export const share = (value: string): number =>
  /^(0|1|0?\.\d{1,9}|1\.0+)$/.test(value) ? Number(value) : fail('is not a share from 0 to 1, such as 0.15')

export const list = (value: string): readonly string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Names as a `Host` header has them, without their port; lower-case, since that is how they are compared. */
export const hostNames = (value: string): readonly string[] =>
  list(value).map((name) =>
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:]+\]$/i.test(name)
      ? name.toLowerCase()
      : fail('is not a list of host names such as api.example, without scheme, port or wildcard'),
  )

/** An address of this machine to listen on. */
export const listenAddress = (value: string): string =>
  /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)$/i.test(value)
    ? value
    : fail('is not an IP address such as 127.0.0.1 or 0.0.0.0')

export const flag = (value: string): boolean => {
  if (value === 'true' || value === '1') return true
  return value === 'false' || value === '0' ? false : fail('is neither true nor false')
}

export const httpUrl = (value: string): string =>
  /^https?:\/\/[^\s/]+(\/\S*)?$/.test(value)
    ? value.replace(/\/+$/, '')
    : fail('is not a URL that begins with http:// or https://')

export const postgresUrl = (value: string): string =>
  /^postgres(ql)?:\/\/\S+$/.test(value) ? value : fail('is not a URL that begins with postgres:// or postgresql://')

/** Lower-case, since that is how addresses are compared everywhere. */
export const address = (value: string): `0x${string}` =>
  /^0x[0-9a-fA-F]{40}$/.test(value)
    ? (value.toLowerCase() as `0x${string}`)
    : fail('is not an address (0x and 40 hex digits)')

export const addresses = (value: string): readonly `0x${string}`[] => list(value).map(address)

/** A block or transaction hash. */
export const hash = (value: string): `0x${string}` =>
  /^0x[0-9a-fA-F]{64}$/.test(value)
    ? (value.toLowerCase() as `0x${string}`)
    : fail('is not a hash (0x and 64 hex digits)')

/** A private key. The reason never repeats what was given. */
export const privateKey = (value: string): `0x${string}` =>
  /^0x[0-9a-fA-F]{64}$/.test(value) ? (value as `0x${string}`) : fail('is not a private key (0x and 64 hex digits)')

/** Percent with at most two figures after the point, as basis points. */
export const percentAsBps = (value: string): number => {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(value)
  const bps = match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : -1
  return bps >= 0 && bps <= 10_000 ? bps : fail('is not a percentage from 0 to 100 with at most two decimals')
}

/** An amount as people write it, in USDC, as units of 0.000001. */
export const usdc = (value: string): bigint => {
  try {
    return parseUsdc(value)
  } catch {
    return fail('is not an amount in USDC such as 0.25, with at most 6 figures after the point')
  }
}

/** A word that only operators know. The default of the sources is known to everybody. */
export const adminToken = (value: string): string =>
  value.length >= 16 && value !== 'admin-secret-token'
    ? value
    : fail('has fewer than 16 characters, or is a published one')

export const logLevel = (value: string): 'debug' | 'info' | 'warn' | 'error' =>
  value === 'debug' || value === 'info' || value === 'warn' || value === 'error'
    ? value
    : fail('is none of debug, info, warn, error')

/** A key of `create_api_key`. The reason never repeats what was given. */
export const apiKey = (value: string): string =>
  /^obk_[0-9a-f]{64}$/.test(value) ? value : fail('is no whole API key (obk_ and 64 hex digits)')

/** A secret or restricted key of Stripe's. The reason never repeats what was given. */
export const stripeSecretKey = (value: string): string =>
  /^[sr]k_(test|live)_\w{8,}$/.test(value)
    ? value
    : fail('is not a secret key of Stripe (sk_test_..., sk_live_..., rk_test_... or rk_live_...)')

/** The signing secret of a webhook endpoint. The reason never repeats what was given. */
export const stripeWebhookSecret = (value: string): string =>
  /^whsec_\w{8,}$/.test(value) ? value : fail('is not the signing secret of a webhook endpoint (whsec_...)')
