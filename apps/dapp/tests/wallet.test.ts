import type { Session } from '@supabase/supabase-js'
import { expect, test } from 'vitest'
import { developmentProvider } from '../src/features/wallet/developmentProvider.ts'
import {
  developmentRdns,
  developmentWalletName,
  isDevelopmentWallet,
} from '../src/features/wallet/developmentWallets.ts'
import { isRejection } from '../src/features/wallet/isRejection.ts'
import { sessionAddress, sessionMatches } from '../src/features/wallet/supabaseSession.ts'

const account = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const other = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'

/** A development wallet over a node that answers with what it was asked. */
function wallet() {
  const sent: { method: string; params: unknown[] }[] = []
  let granted = false
  const provider = developmentProvider({
    rpcUrl: 'http://chain.invalid',
    account,
    permission: {
      get: () => granted,
      set: (next) => {
        granted = next
      },
    },
    fetch: async (_, init) => {
      const { method, params } = JSON.parse(String(init?.body)) as { method: string; params: unknown[] }
      sent.push({ method, params })
      return Response.json({ result: method === 'eth_chainId' ? '0x7a69' : 'answer' })
    },
  })
  return { provider, sent }
}

test('a page sees the account only after it asked, and no longer after it was revoked', async () => {
  const { provider } = wallet()
  await expect(provider.request({ method: 'eth_accounts' })).resolves.toEqual([])
  await expect(provider.request({ method: 'eth_requestAccounts' })).resolves.toEqual([account])
  await expect(provider.request({ method: 'eth_accounts' })).resolves.toEqual([account])
  await provider.request({ method: 'wallet_revokePermissions' })
  await expect(provider.request({ method: 'eth_accounts' })).resolves.toEqual([])
})

test('a message is signed by its own account, in the node’s order of parameters', async () => {
  const { provider, sent } = wallet()
  await provider.request({ method: 'personal_sign', params: ['0x6869', account.toLowerCase()] })
  expect(sent).toEqual([{ method: 'eth_sign', params: [account.toLowerCase(), '0x6869'] }])
})

test.each([
  ['personal_sign', ['0x6869', other]],
  ['eth_signTypedData_v4', [other, '{}']],
  ['eth_sendTransaction', [{ from: other, to: account }]],
  ['eth_sendTransaction', [{ to: account }]],
  ['eth_sendTransaction', []],
])('%s for another account is refused and not sent', async (method, params) => {
  const { provider, sent } = wallet()
  await expect(provider.request({ method, params })).rejects.toMatchObject({ code: 4100 })
  expect(sent).toEqual([])
})

test.each([
  'anvil_setBalance',
  'evm_mine',
  'hardhat_impersonateAccount',
  'eth_sendRawTransaction',
  'eth_sign',
  'debug_traceCall',
])('%s is not passed on', async (method) => {
  const { provider, sent } = wallet()
  await expect(provider.request({ method, params: [] })).rejects.toMatchObject({ code: 4200 })
  expect(sent).toEqual([])
})

test('it knows one chain', async () => {
  const { provider } = wallet()
  await expect(
    provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId: '0x7a69' }] }),
  ).resolves.toBeNull()
  await expect(
    provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId: '0x89' }] }),
  ).rejects.toMatchObject({
    code: 4902,
  })
})

test('the development wallets say what they are', () => {
  expect(developmentWalletName('customer', 1, account)).toBe('Development wallet: customer 1 (0x7099…79C8)')
  expect(isDevelopmentWallet(developmentRdns('customer', 1))).toBe(true)
  expect(isDevelopmentWallet('io.metamask')).toBe(false)
})

function session(identities: object[], userMetadata: object = {}): Session {
  return { user: { identities, user_metadata: userMetadata } } as unknown as Session
}

test('a session’s wallet comes from its identity', () => {
  expect(sessionAddress(session([{ provider: 'web3', id: `web3:ethereum:${account}` }]))).toBe(account.toLowerCase())
  expect(
    sessionAddress(session([{ provider: 'web3', id: 'x', identity_data: { sub: `web3:ethereum:${account}` } }])),
  ).toBe(account.toLowerCase())
  expect(sessionMatches(session([{ provider: 'web3', id: `web3:ethereum:${account.toLowerCase()}` }]), account)).toBe(
    true,
  )
  expect(sessionMatches(session([{ provider: 'web3', id: `web3:ethereum:${other}` }]), account)).toBe(false)
})

test('what a user can write into a session is not believed', () => {
  expect(sessionAddress(null)).toBeNull()
  expect(sessionAddress(session([], { sub: `web3:ethereum:${account}`, address: account }))).toBeNull()
  expect(sessionAddress(session([{ provider: 'email', id: `web3:ethereum:${account}` }]))).toBeNull()
  expect(sessionAddress(session([{ provider: 'web3', id: `web3:solana:${account}` }]))).toBeNull()
})

test('a rejection is found however deep it is wrapped', () => {
  const rejected = Object.assign(new Error('no'), { code: 4001 })
  expect(isRejection(rejected)).toBe(true)
  expect(isRejection(new Error('outer', { cause: new Error('inner', { cause: rejected }) }))).toBe(true)
  expect(isRejection(Object.assign(new Error('busy'), { code: -32002 }))).toBe(false)
  expect(isRejection(null)).toBe(false)
  const circle: { cause?: unknown } = {}
  circle.cause = circle
  expect(isRejection(circle)).toBe(false)
})
