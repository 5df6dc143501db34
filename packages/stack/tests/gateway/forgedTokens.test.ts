import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type ClientBench, jwtSecret, startClientBench } from '../client-checks/clientBench.ts'

let bench: ClientBench

beforeAll(async () => {
  bench = await startClientBench(inject('cluster'))
})
afterAll(() => bench.close())

const secret = new TextEncoder().encode(jwtSecret)
const claims = { role: 'service_role', sub: '11111111-1111-4111-8111-111111111111', aud: 'authenticated' }
const soon = () => Math.floor(Date.now() / 1000) + 600

const signed = (payload: object, alg = 'HS256', key: Parameters<SignJWT['sign']>[0] = secret) =>
  new SignJWT({ exp: soon(), ...payload }).setProtectedHeader({ alg }).sign(key)

const asBearer = (token: string) => ({
  apikey: bench.anonKey,
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
})

/** What each door answers to a token. */
const doors = {
  rest: async (token: string) => (await fetch(`${bench.url}/rest/v1/check_items`, { headers: asBearer(token) })).status,
  rpc: async (token: string) =>
    (await fetch(`${bench.url}/rest/v1/rpc/check_whoami`, { method: 'POST', headers: asBearer(token), body: '{}' }))
      .status,
  user: async (token: string) => (await fetch(`${bench.url}/auth/v1/user`, { headers: asBearer(token) })).status,
  storage: async (token: string) =>
    (await fetch(`${bench.url}/storage/v1/object/check-private/a.txt`, { headers: asBearer(token) })).status,
  upload: async (token: string) => {
    const request = { method: 'POST', headers: asBearer(token), body: 'x' }
    return (await fetch(`${bench.url}/storage/v1/object/check-private/a.txt`, request)).status
  },
  broadcast: async (token: string) => {
    const body = JSON.stringify({ messages: [{ topic: 'check-room:1', event: 'x', payload: {}, private: true }] })
    const request = { method: 'POST', headers: asBearer(token), body }
    return (await fetch(`${bench.url}/realtime/v1/api/broadcast`, request)).status
  },
  channel: async (token: string) => {
    const client = bench.anon()
    await client.realtime.setAuth(token)
    const channel = client.channel('check-room:1', { config: { private: true } })
    const status = await new Promise((resolve) => channel.subscribe(resolve))
    return status === 'SUBSCRIBED' ? 200 : 403
  },
}

const answers = async (token: string) => {
  const entries = Object.entries(doors).map(async ([door, ask]) => [door, await ask(token)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

const refused = { rest: 401, rpc: 401, user: 403, storage: 400, upload: 400, broadcast: 401, channel: 403 }

describe('a token that this server has not signed is refused at every door', () => {
  test('alg none', async () => {
    const none = new UnsecuredJWT(claims).setExpirationTime(soon()).encode()
    expect(await answers(none)).toEqual(refused)
    const header = Buffer.from('{"alg":"None","typ":"JWT"}').toString('base64url')
    const payload = Buffer.from(JSON.stringify({ ...claims, exp: soon() })).toString('base64url')
    for (const signature of ['', 'x']) expect(await answers(`${header}.${payload}.${signature}`)).toEqual(refused)
  })

  test('another algorithm, even with the right secret', async () => {
    expect(await answers(await signed(claims, 'HS512'))).toEqual(refused)
    const { privateKey } = await generateKeyPair('RS256')
    expect(await answers(await signed(claims, 'RS256', privateKey))).toEqual(refused)
  })

  test('another secret', async () => {
    const other = new TextEncoder().encode('super-secret-jwt-token-with-at-least-32-characters-long')
    expect(await answers(await signed(claims, 'HS256', other))).toEqual(refused)
  })

  test('an expired one, and one that is changed', async () => {
    expect(await answers(await signed({ ...claims, exp: soon() - 1000 }))).toEqual(refused)
    const token = await signed({ ...claims, role: 'anon' })
    const [head, , tail] = token.split('.')
    const payload = Buffer.from(JSON.stringify({ ...claims, exp: soon() })).toString('base64url')
    expect(await answers(`${head}.${payload}.${tail}`)).toEqual(refused)
  })
})

describe('M8: whoever holds the secret still becomes nobody but the three roles of the API', () => {
  const roles = ['oblivion_coordinator', 'postgres', 'supabase_admin', 'supabase_auth_admin', 'supabase_storage_admin']

  test.each([...roles, 'supabase_realtime_admin', 'pg_read_all_data', 'pg_execute_server_program'])(
    '%s',
    async (role) => {
      // The coordinator's role comes with the product's migrations; the run's cluster has it, as all roles.
      const [known] = await bench.database.query('select from pg_roles where rolname = $1', [role])
      expect(known).toBeDefined()
      const token = await signed({ ...claims, role })
      const found = await answers(token)
      expect(found).toEqual({ ...refused, rest: 403, rpc: 403, broadcast: 403 })
      const answer = await fetch(`${bench.url}/rest/v1/check_items`, { headers: asBearer(token) })
      expect(await answer.json()).toMatchObject({ code: '42501', message: `permission denied to set role "${role}"` })
    },
  )

  test.each(['none', 'authenticator'])('%s, which is the role that it logged in as and holds nothing', async (role) => {
    const token = await signed({ ...claims, role })
    const answer = await fetch(`${bench.url}/rest/v1/check_items`, { headers: asBearer(token) })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: '42501' })
    expect(await doors.broadcast(token)).toBe(403)
    expect(await doors.channel(token)).toBe(403)
  })

  test.each(['nobody_such', 'anon; set role postgres', '"postgres"', 'ANON'])('"%s" is no role', async (role) => {
    const answer = await fetch(`${bench.url}/rest/v1/check_items`, {
      headers: asBearer(await signed({ ...claims, role })),
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: '22023' })
  })

  test('a claim that is no text is nobody: anon', async () => {
    for (const role of [null, 1, ['postgres'], { role: 'postgres' }, '']) {
      const request = { method: 'POST', headers: asBearer(await signed({ role })), body: '{}' }
      const answer = await fetch(`${bench.url}/rest/v1/rpc/check_whoami`, request)
      expect(await answer.json()).toMatchObject({ user: 'anon' })
    }
  })
})

test('a session is no signed URL and a signed URL is no session', async () => {
  const service = bench.service()
  await service.storage.from('check-private').upload('folder/a.txt', 'text')
  const { data } = await service.storage.from('check-private').createSignedUrl('folder/a.txt', 60)
  const url = new URL(data?.signedUrl ?? '')
  const ticket = url.searchParams.get('token') ?? ''
  const whoami = await fetch(`${bench.url}/rest/v1/rpc/check_whoami`, {
    ...{ method: 'POST', headers: asBearer(ticket), body: '{}' },
  })
  expect(await whoami.json()).toMatchObject({ user: 'anon', uid: null })
  url.searchParams.set('token', bench.serviceKey)
  expect((await fetch(url)).status).toBe(400)
})

test('SW-43: a connection of the pool that served one caller serves the next as nobody else', async () => {
  const service = bench.service()
  const anon = bench.anon()
  const asked = Array.from({ length: 60 }, async (_, index) => {
    const client = index % 2 === 0 ? service : anon
    if (index % 5 === 0) await client.rpc('check_fail', { p_code: 'P0001' })
    const { data } = await client.rpc('check_whoami')
    return data.user
  })
  const users = await Promise.all(asked)
  expect(users).toEqual(users.map((_, index) => (index % 2 === 0 ? 'service_role' : 'anon')))
})

test('a statement of a stranger ends after three seconds', async () => {
  const { error, status } = await bench.anon().rpc('check_sleep', { p_seconds: 5 })
  expect({ code: error?.code, status }).toEqual({ code: '57014', status: 500 })
})
