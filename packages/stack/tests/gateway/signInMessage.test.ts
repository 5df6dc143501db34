import { createSiweMessage } from 'viem/siwe'
import { expect, test } from 'vitest'
import { SignInRefused } from '../../src/gateway/auth/AuthError.ts'
import { parseSignInMessage } from '../../src/gateway/auth/parseSignInMessage.ts'
import { signInMessage } from '../client-checks/signInMessage.ts'

const address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' as const
const issuedAt = new Date('2026-01-02T03:04:05.678Z')

test('a message with every field, as viem writes it', () => {
  const fields = {
    ...{ address, issuedAt, chainId: 31337, domain: 'localhost:5173', uri: 'http://localhost:5173/' },
    ...{ nonce: 'abcdefgh12', statement: 'Sign in.' },
    expirationTime: new Date('2026-01-02T04:00:00Z'),
    notBefore: new Date('2026-01-02T03:00:00Z'),
  } as const
  const rest = { scheme: 'http', requestId: 'r-1', resources: ['https://example.com/a', 'https://example.com/b'] }
  expect(parseSignInMessage(createSiweMessage({ ...fields, ...rest, version: '1' }))).toEqual(fields)
})

test('a message without nonce and statement, as supabase-js writes it', () => {
  const text = `localhost:5173 wants you to sign in with your Ethereum account:\n${address.toLowerCase()}\n\n\nURI: http://localhost:5173/\nVersion: 1\nChain ID: 31337\nIssued At: 2026-01-02T03:04:05.678Z`
  expect(parseSignInMessage(text)).toMatchObject({
    address: address.toLowerCase(),
    statement: null,
    nonce: null,
    issuedAt,
  })
})

const good = signInMessage({ address, issuedAt })
const broken: [string, string][] = [
  ['nothing', ''],
  ['a line before', `x\n${good}`],
  ['a line after', `${good}\nAdmin: true`],
  ['two messages', `${good}\n${good}`],
  ['fields in another order', good.replace('Version: 1\nChain ID: 31337', 'Chain ID: 31337\nVersion: 1')],
  ['no address', good.replace(address, '0x1234')],
  ['an address with a word after it', good.replace(address, `${address} `)],
  ['no URI', good.replace(/URI: .*\n/, '')],
  ['no time of issue', good.replace(/\nIssued At: .*/, '')],
  ['a time that only Date understands', good.replace(/Issued At: .*/, 'Issued At: Jan 2 2026')],
  ['a day that does not exist', good.replace(/Issued At: .*/, 'Issued At: 2026-13-45T00:00:00Z')],
  ['an expiration that is no time', `${good}\nExpiration Time: never`],
  ['version 2', good.replace('Version: 1', 'Version: 2')],
  ['no chain', good.replace('Chain ID: 31337', 'Chain ID: 0x7a69')],
  ['two statements', good.replace('Sign in to Oblivion.', 'Sign in.\nReally.')],
]

test.each(broken)('%s is refused', (_, text) => {
  expect(() => parseSignInMessage(text)).toThrow(SignInRefused)
})
