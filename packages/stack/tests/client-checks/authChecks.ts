import { expect } from 'vitest'
import { check } from './Check.ts'
import { alice, bob, type ClientBench, dappOrigin } from './clientBench.ts'
import { signInMessage } from './signInMessage.ts'

const minutes = 60_000

/** Signs a message of these fields with Alice's wallet and tries it; the error that comes back, or null. */
const trySignIn = async (bench: ClientBench, fields: Partial<Parameters<typeof signInMessage>[0]>) => {
  const message = signInMessage({ address: alice.address, issuedAt: bench.now(), ...fields })
  const signature = await alice.signMessage({ message })
  const { data, error } = await bench.anon().auth.signInWithWeb3({ chain: 'ethereum', message, signature })
  if (error) expect(data.session).toBeNull()
  return error
}

export const authChecks = [
  check('a wallet object signs in', async (bench) => {
    const wallet = {
      request: async ({ method, params }: { method: string; params?: unknown }) => {
        if (method === 'eth_requestAccounts') return [alice.address]
        if (method === 'eth_chainId') return '0x7a69'
        const [raw] = params as [`0x${string}`]
        return alice.signMessage({ message: { raw } })
      },
    }
    const { data, error } = await bench.anon().auth.signInWithWeb3({
      chain: 'ethereum',
      wallet: wallet as never,
      statement: 'Sign in to Oblivion.',
      options: { url: `${dappOrigin}/worker` },
    })
    expect(error).toBeNull()
    expect(data.session?.access_token).toBeTruthy()
    expect(data.user?.identities?.[0]?.id).toBe(`web3:ethereum:${alice.address.toLowerCase()}`)
    expect(data.user?.app_metadata).toEqual({ provider: 'web3', providers: ['web3'] })
  }),
  check('a message and its signature sign in', async (bench) => {
    const client = await bench.wallet(alice)
    const { data } = await client.auth.getUser()
    expect(data.user).toMatchObject({ aud: 'authenticated', role: 'authenticated', is_anonymous: false })
    expect(data.user?.user_metadata.custom_claims).toMatchObject({
      address: alice.address,
      chain: 'ethereum',
      network: '31337',
    })
  }),
  check('the same wallet signs in as the same user', async (bench) => {
    const first = (await (await bench.wallet(alice)).auth.getUser()).data.user
    const second = (await (await bench.wallet(alice)).auth.getUser()).data.user
    expect(second?.id).toBe(first?.id)
    expect(second?.identities).toHaveLength(1)
  }),
  check('first sign-ins at the same time make one user', async (bench) => {
    const clients = await Promise.all([1, 2, 3].map(() => bench.wallet(bob)))
    const users = await Promise.all(clients.map(async (client) => (await client.auth.getUser()).data.user?.id))
    expect(new Set(users).size).toBe(1)
  }),
  check('the identity keeps the letter case of the message, as on Supabase: two users of one wallet', async (bench) => {
    const checksummed = (await (await bench.wallet(alice)).auth.getUser()).data.user
    const message = signInMessage({ address: alice.address.toLowerCase(), issuedAt: bench.now() })
    const signature = await alice.signMessage({ message })
    const { data } = await bench.anon().auth.signInWithWeb3({ chain: 'ethereum', message, signature })
    expect(data.user?.id).not.toBe(checksummed?.id)
    const rows = await bench.database.query(
      `select distinct lower(provider_id) as wallet from auth.identities where user_id = any ($1)`,
      [[data.user?.id, checksummed?.id]],
    )
    expect(rows).toEqual([{ wallet: `web3:ethereum:${alice.address.toLowerCase()}` }])
  }),
  check('an expired message is refused', async (bench) => {
    const error = await trySignIn(bench, { expirationTime: new Date(bench.now().getTime() - 1) })
    expect(error).toMatchObject({ status: 400, message: 'Signed Ethereum message is expired' })
  }),
  check('a message older than ten minutes is refused', async (bench) => {
    const error = await trySignIn(bench, { issuedAt: new Date(bench.now().getTime() - 11 * minutes) })
    expect(error?.message).toBe('Ethereum message was issued too long ago')
  }),
  check('a message from the future is refused', async (bench) => {
    const ahead = new Date(bench.now().getTime() + 5 * minutes)
    expect((await trySignIn(bench, { issuedAt: ahead }))?.message).toBe('Ethereum message was issued in the future')
    const early = await trySignIn(bench, { notBefore: ahead })
    expect(early?.message).toBe('Signed Ethereum message becomes valid in the future')
  }),
  check('a message for another domain is refused', async (bench) => {
    const foreign = await trySignIn(bench, { domain: 'evil.example', uri: 'https://evil.example/' })
    expect(foreign?.message).toContain('signed for another app')
    const mixed = await trySignIn(bench, { domain: 'evil.example' })
    expect(mixed?.message).toContain('Domain that does not match')
    const otherPort = await trySignIn(bench, { domain: 'localhost:5174', uri: 'http://localhost:5174/' })
    expect(otherPort?.message).toContain('signed for another app')
  }),
  check('a message of another version or shape is refused', async (bench) => {
    expect((await trySignIn(bench, { version: '2' }))?.status).toBe(400)
    const message = 'let me in'
    const signature = await alice.signMessage({ message })
    const { error } = await bench.anon().auth.signInWithWeb3({ chain: 'ethereum', message, signature })
    expect(error?.status).toBe(400)
  }),
  check("another wallet's signature is refused", async (bench) => {
    const message = signInMessage({ address: alice.address, issuedAt: bench.now() })
    for (const signature of [await bob.signMessage({ message }), `0x${'11'.repeat(65)}` as const, '0x1234' as const]) {
      const { error } = await bench.anon().auth.signInWithWeb3({ chain: 'ethereum', message, signature })
      expect(error).toMatchObject({ status: 400, message: 'Signature does not match address in message' })
    }
  }),
  check('Solana, e-mail and passwords are refused in words', async (bench) => {
    const solana = await bench
      .anon()
      .auth.signInWithWeb3({ chain: 'solana', message: 'x', signature: new Uint8Array(64) })
    expect(solana.error?.code).toBe('web3_unsupported_chain')
    const signUp = await bench.anon().auth.signUp({ email: 'a@example.com', password: 'secret-secret' })
    expect(signUp.error?.code).toBe('email_provider_disabled')
    const password = await bench.anon().auth.signInWithPassword({ email: 'a@example.com', password: 'x' })
    expect(password.error?.status).toBe(400)
    expect((await bench.anon().auth.signInWithOtp({ email: 'a@example.com' })).error?.status).toBe(404)
  }),
  check('a visitor signs in without a wallet', async (bench) => {
    const client = bench.anon()
    const { data, error } = await client.auth.signInAnonymously({ options: { data: { theme: 'dark' } } })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ is_anonymous: true, user_metadata: { theme: 'dark' }, identities: [] })
    expect((await client.rpc('check_whoami')).data.claims.is_anonymous).toBe(true)
  }),
  check('getUser and getClaims know the session', async (bench) => {
    const client = await bench.wallet(alice)
    const { data: session } = await client.auth.getSession()
    expect((await client.auth.getUser()).data.user?.id).toBe(session.session?.user.id)
    expect((await client.auth.getClaims()).data?.claims.sub).toBe(session.session?.user.id)
  }),
  check('a user may edit its metadata, and its identity stays what it signed', async (bench) => {
    const client = await bench.wallet(alice)
    const forged = { address: bob.address, sub: `web3:ethereum:${bob.address}`, nickname: 'bob' }
    const { data, error } = await client.auth.updateUser({ data: forged })
    expect(error).toBeNull()
    expect(data.user?.user_metadata).toMatchObject(forged)
    expect(data.user?.identities?.[0]?.id).toBe(`web3:ethereum:${alice.address}`)
    await client.auth.updateUser({ data: { nickname: null, address: null } })
    expect((await client.auth.getUser()).data.user?.user_metadata).not.toHaveProperty('nickname')
    expect((await client.auth.updateUser({ email: 'a@example.com' })).error?.status).toBe(422)
  }),
  check('refreshing gives new tokens of the same session', async (bench) => {
    const client = await bench.wallet(alice)
    const before = (await client.auth.getSession()).data.session
    const { data, error } = await client.auth.refreshSession()
    expect(error).toBeNull()
    expect(data.session?.refresh_token).not.toBe(before?.refresh_token)
    expect((await client.auth.getUser()).data.user?.id).toBe(before?.user.id)
  }),
  check('a refresh token whose answer was lost works again', async (bench) => {
    const first = (await (await bench.wallet(alice)).auth.getSession()).data.session?.refresh_token ?? ''
    const second = await bench.anon().auth.refreshSession({ refresh_token: first })
    bench.advance(minutes)
    const again = await bench.anon().auth.refreshSession({ refresh_token: first })
    expect(again.data.session?.refresh_token).toBe(second.data.session?.refresh_token)
  }),
  check('two tabs may refresh with one token within ten seconds', async (bench) => {
    const first = (await (await bench.wallet(alice)).auth.getSession()).data.session?.refresh_token ?? ''
    const refresh = (token: string) => bench.anon().auth.refreshSession({ refresh_token: token })
    const second = (await refresh(first)).data.session?.refresh_token ?? ''
    await refresh(second)
    bench.advance(9_000)
    expect((await refresh(first)).error).toBeNull()
  }),
  check('a refresh token used again later ends the session', async (bench) => {
    const first = (await (await bench.wallet(alice)).auth.getSession()).data.session?.refresh_token ?? ''
    const refresh = (token: string) => bench.anon().auth.refreshSession({ refresh_token: token })
    const second = (await refresh(first)).data.session?.refresh_token ?? ''
    const third = (await refresh(second)).data.session?.refresh_token ?? ''
    bench.advance(11_000)
    expect((await refresh(first)).error?.code).toBe('refresh_token_already_used')
    bench.advance(11_000)
    expect((await refresh(third)).error?.code).toBe('refresh_token_already_used')
    expect((await refresh('nonsense')).error?.code).toBe('refresh_token_not_found')
  }),
  check('an access token ends after an hour', async (bench) => {
    const client = await bench.wallet(alice)
    const token = (await client.auth.getSession()).data.session?.access_token
    const stale = bench.anon({ global: { headers: { Authorization: `Bearer ${token}` } } })
    expect((await stale.rpc('check_whoami')).status).toBe(200)
    bench.advance(61 * minutes)
    const { error, status } = await stale.rpc('check_whoami')
    expect({ message: error?.message, status }).toEqual({ message: 'JWT expired', status: 401 })
  }),
  check('signing out ends this session', async (bench) => {
    const here = await bench.wallet(alice)
    const there = await bench.wallet(alice)
    const { access_token = '', refresh_token = '' } = (await here.auth.getSession()).data.session ?? {}
    expect((await here.auth.signOut({ scope: 'local' })).error).toBeNull()
    expect((await bench.anon().auth.refreshSession({ refresh_token })).error?.code).toBe('refresh_token_not_found')
    expect((await bench.anon().auth.getUser(access_token)).error?.name).toBe('AuthSessionMissingError')
    expect((await there.auth.getUser()).error).toBeNull()
  }),
  check('signing out elsewhere ends all other sessions, signing out everywhere ends all', async (bench) => {
    const [here, there] = [await bench.wallet(bob), await bench.wallet(bob)]
    await here.auth.signOut({ scope: 'others' })
    expect((await there.auth.refreshSession()).error?.code).toBe('refresh_token_not_found')
    expect((await here.auth.getUser()).error).toBeNull()
    const third = await bench.wallet(bob)
    await here.auth.signOut({ scope: 'global' })
    expect((await third.auth.refreshSession()).error?.code).toBe('refresh_token_not_found')
  }),
]
