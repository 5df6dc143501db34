import { SignInRefused } from './AuthError.ts'

/** The fields of a Sign-In with Ethereum message (EIP-4361). */
export type SignInMessage = {
  domain: string
  /** In the letter case of the message: Supabase Auth keeps it in the identity. */
  address: `0x${string}`
  statement: string | null
  uri: string
  chainId: number
  nonce: string | null
  issuedAt: Date
  expirationTime: Date | null
  notBefore: Date | null
}

const preamble = / wants you to sign in with your Ethereum account:$/

/**
 * Reads a message line by line, the optional fields in the order that the EIP gives, and nothing left over.
 *
 * viem's parser is not used: it demands a nonce, and supabase-js makes messages without one.
 *
 * @throws SignInRefused when the text is anything else
 */
export const parseSignInMessage = (text: string): SignInMessage => {
  const lines = text.split('\n')
  const header = lines.shift() ?? ''
  if (!preamble.test(header)) throw new SignInRefused('The message is not a Sign in with Ethereum message.')
  const domain = header.replace(preamble, '').replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  const address = lines.shift() ?? ''
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new SignInRefused('The message names no address.')
  expectBlank(lines)
  const statement = lines[0] === '' || lines[0]?.startsWith('URI: ') ? null : (lines.shift() ?? null)
  if (lines[0] === '') lines.shift()

  const uri = required(lines, 'URI')
  if (required(lines, 'Version') !== '1') throw new SignInRefused('The message has another version than 1.')
  const chainId = required(lines, 'Chain ID')
  if (!/^[1-9]\d{0,15}$/.test(chainId)) throw new SignInRefused('The message names no chain.')
  const nonce = optional(lines, 'Nonce')
  const issuedAt = toDate(required(lines, 'Issued At'))
  const expirationTime = optional(lines, 'Expiration Time')
  const notBefore = optional(lines, 'Not Before')
  optional(lines, 'Request ID')
  if (lines[0] === 'Resources:') {
    lines.shift()
    while (lines[0]?.startsWith('- ')) lines.shift()
  }
  if (lines.length > 0) throw new SignInRefused('The message holds lines that do not belong to it.')
  return {
    ...{ domain, address: address as `0x${string}`, statement, uri, chainId: Number(chainId), nonce, issuedAt },
    expirationTime: expirationTime === null ? null : toDate(expirationTime),
    notBefore: notBefore === null ? null : toDate(notBefore),
  }
}

const expectBlank = (lines: string[]): void => {
  if (lines.shift() !== '') throw new SignInRefused('The message is not a Sign in with Ethereum message.')
}

const optional = (lines: string[], name: string): string | null => {
  const prefix = `${name}: `
  if (!lines[0]?.startsWith(prefix)) return null
  return (lines.shift() ?? '').slice(prefix.length)
}

const required = (lines: string[], name: string): string => {
  const value = optional(lines, name)
  if (value === null || value === '') throw new SignInRefused(`The message lacks the field "${name}".`)
  return value
}

/** Only the form of RFC 3339: Date alone accepts far more, and an invalid date would pass every comparison. */
const toDate = (text: string): Date => {
  const date = new Date(text)
  const wellFormed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
  if (!wellFormed || Number.isNaN(date.getTime())) throw new SignInRefused(`"${text}" is no time.`)
  return date
}
