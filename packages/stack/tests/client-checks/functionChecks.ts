import { expect } from 'vitest'
import { check } from './Check.ts'
import { alice } from './clientBench.ts'

/** Functions by name, with the errors and the context that SQL sees, through supabase-js. */
export const functionChecks = [
  check('a function gives a scalar', async (bench) => {
    const { data, error, status } = await bench.anon().rpc('check_add', { p_a: 1, p_b: 2 })
    expect({ data, error, status }).toEqual({ data: 3, error: null, status: 200 })
  }),
  check('an argument that is left out takes its default', async (bench) => {
    expect((await bench.anon().rpc('check_add', { p_a: 1 })).data).toBe(11)
  }),
  check('a function gives text', async (bench) => {
    expect((await bench.anon().rpc('check_text', { p_value: 'ä "quoted" \\ 日本' })).data).toBe('ä "quoted" \\ 日本')
  }),
  check('a function gives null', async (bench) => {
    expect((await bench.anon().rpc('check_null')).data).toBeNull()
  }),
  check('a function takes and gives JSON', async (bench) => {
    const { data } = await bench.anon().rpc('check_json', { p_value: { a: [1, null, 'x'] } })
    expect(data).toEqual({ got: { a: [1, null, 'x'] }, kind: 'object' })
    expect((await bench.anon().rpc('check_json', { p_value: 'text' })).data).toEqual({ got: 'text', kind: 'string' })
  }),
  check('a function takes an array', async (bench) => {
    expect((await bench.anon().rpc('check_array', { p_values: [1, 2, 3] })).data).toBe(6)
  }),
  check('a function gives a table', async (bench) => {
    const { data } = await bench.anon().rpc('check_rows', { p_from: 4 })
    expect(data).toEqual([
      { id: 4, label: 'Date, dried (100%)' },
      { id: 5, label: 'elder_berry' },
    ])
  }),
  check('the rows of a function are selected, filtered, ordered and cut', async (bench) => {
    const { data } = await bench
      .anon()
      .rpc('check_setof')
      .select('id')
      .lt('id', 5)
      .order('id', { ascending: false })
      .limit(2)
    expect(data).toEqual([{ id: 4 }, { id: 3 }])
  }),
  check('a function gives one row as an object', async (bench) => {
    const { data } = await bench.anon().rpc('check_one')
    expect(data).toMatchObject({ id: 1, label: 'apple', tags: ['red', 'round'], data: { k: 1 }, done: false })
  }),
  check('single() takes the one row of a table function', async (bench) => {
    expect((await bench.anon().rpc('check_rows', { p_from: 5 }).single()).data).toEqual({ id: 5, label: 'elder_berry' })
  }),
  check('a function gives a list of scalars', async (bench) => {
    expect((await bench.anon().rpc('check_numbers')).data).toEqual([1, 2, 3])
  }),
  check('a void function answers 204 and has run', async (bench) => {
    const client = bench.anon()
    const before = await client.from('check_items').select('total').eq('id', 2).single()
    const { data, error, status } = await client.rpc('check_touch', { p_id: 2 })
    expect({ data, error, status }).toEqual({ data: null, error: null, status: 204 })
    const after = await client.from('check_items').select('total').eq('id', 2).single()
    expect(after.data?.total).toBe(before.data?.total + 1)
  }),
  check('a reading function is called by GET', async (bench) => {
    expect((await bench.anon().rpc('check_add', { p_a: 1, p_b: 5 }, { get: true })).data).toBe(6)
    expect((await bench.anon().rpc('check_array', { p_values: [1, 2] }, { get: true })).data).toBe(3)
  }),
  check('a writing function by GET is refused and writes nothing', async (bench) => {
    const { error, status } = await bench.anon().rpc('check_touch', { p_id: 2 }, { get: true })
    expect({ code: error?.code, status }).toEqual({ code: '25006', status: 405 })
  }),
  check('an error of ours keeps code, message, details and hint', async (bench) => {
    const { data, error, status } = await bench.anon().rpc('check_fail', { p_code: 'OB001' })
    expect({ data, status }).toEqual({ data: null, status: 400 })
    expect(error).toMatchObject({
      code: 'OB001',
      message: 'the message',
      details: '{"field": "p_code"}',
      hint: 'the hint',
    })
  }),
  check('errors of the database have the status of their class', async (bench) => {
    const statuses: Record<string, number> = {}
    for (const code of ['P0001', '22023', '23503', '23505', '42883', '42P01', '28000', 'PT402', 'P0002', '42501']) {
      statuses[code] = (await bench.anon().rpc('check_fail', { p_code: code })).status
    }
    const expected = { P0001: 400, 22023: 400, 23503: 409, 23505: 409, 42883: 404, '42P01': 404, 28000: 403 }
    expect(statuses).toEqual({ ...expected, PT402: 402, P0002: 500, 42501: 401 })
  }),
  check('a function that is not there is 404', async (bench) => {
    const { error, status } = await bench.anon().rpc('check_nothing', { p_x: 1 })
    expect({ code: error?.code, status }).toEqual({ code: 'PGRST202', status: 404 })
  }),
  check('a function with other arguments is 404', async (bench) => {
    const { error, status } = await bench.anon().rpc('check_add', { p_a: 1, p_c: 2 })
    expect({ code: error?.code, status }).toEqual({ code: 'PGRST202', status: 404 })
    expect(error?.hint).toContain('check_add(p_a, p_b)')
  }),
  check('a function in another schema is 404', async (bench) => {
    expect((await bench.anon().rpc('secret')).status).toBe(404)
  }),
  check('an argument of the wrong type is 400', async (bench) => {
    const { error, status } = await bench.anon().rpc('check_add', { p_a: 'x' })
    expect({ code: error?.code, status }).toEqual({ code: '22P02', status: 400 })
  }),
  check('a function without a grant is 401 for strangers and 403 for users', async (bench) => {
    const stranger = await bench.anon().rpc('check_forbidden')
    expect({ code: stranger.error?.code, status: stranger.status }).toEqual({ code: '42501', status: 401 })
    const user = await (await bench.wallet(alice)).rpc('check_forbidden')
    expect({ code: user.error?.code, status: user.status }).toEqual({ code: '42501', status: 403 })
  }),
  check('SQL sees the role, its time limit and the request', async (bench) => {
    const client = bench.anon({ global: { headers: { 'x-node-key': 'a key' } } })
    const { data } = await client.rpc('check_whoami')
    expect(data).toMatchObject({ user: 'anon', uid: null, role: 'anon', timeout: '3s', nodeKey: 'a key' })
    expect(data).toMatchObject({ method: 'POST', path: '/rpc/check_whoami' })
  }),
  check('SQL sees the user and its claims', async (bench) => {
    const client = await bench.wallet(alice)
    const { data: session } = await client.auth.getSession()
    const { data } = await client.rpc('check_whoami')
    expect(data).toMatchObject({ user: 'authenticated', role: 'authenticated', timeout: '8s' })
    expect(data.uid).toBe(session.session?.user.id)
    expect(data.claims).toMatchObject({ aud: 'authenticated', is_anonymous: false, aal: 'aal1' })
  }),
  check('the service key acts as service_role', async (bench) => {
    expect((await bench.service().rpc('check_whoami')).data).toMatchObject({
      user: 'service_role',
      role: 'service_role',
    })
  }),
]
