import type { ServerResponse } from 'node:http'
import {
  CallAbortedError,
  CallTimeoutError,
  ForbiddenError,
  FunctionMissingError,
  InsufficientBalanceError,
  NetworkUnreachableError,
  NotSignedInError,
  OblivionError,
  RequestRefusedError,
  SessionRejectedError,
  UnexpectedAnswerError,
} from '@oblivion/core'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type Client,
  type ClientOptions,
  createBriefWithJob,
  createClient,
  createJob,
  createTask,
  getJobStats,
  isTransient,
  runSchedule,
} from '../src/index.ts'
import { type ReceivedRequest, sendJson, startServer, type TestServer } from './startServer.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const serve = async (
  answer: (response: ServerResponse, request: ReceivedRequest) => void,
  options: Partial<ClientOptions> = {},
) => {
  server = await startServer(answer)
  return { server, client: createClient({ supabaseUrl: server.url, supabaseKey: 'anon-key', ...options }) }
}

const failureOf = async (call: Promise<unknown>): Promise<OblivionError> => {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof OblivionError)) throw error
  return error
}

describe('a call', () => {
  test('posts the arguments to the function, with the public key and nothing else of the caller’s', async () => {
    const { client, server } = await serve((response) => sendJson(response, 200, { a: [1] }))
    expect(await client.call('work_cycle', { p_node_id: 'n' })).toEqual({ a: [1] })
    expect(server.received).toMatchObject([
      { method: 'POST', url: '/rest/v1/rpc/work_cycle', body: '{"p_node_id":"n"}' },
    ])
    expect(server.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      apikey: 'anon-key',
      authorization: 'Bearer anon-key',
    })
    for (const header of ['x-node-key', 'x-api-key']) expect(server.received[0]?.headers).not.toHaveProperty(header)
    expect(server.received[0]?.headers).not.toHaveProperty('cookie')
    expect(server.received[0]?.headers).not.toHaveProperty('referer')
  })

  test('asks for the session’s token before each call, and falls back to the public key without one', async () => {
    const tokens = ['first', 'second', null]
    const { client, server } = await serve((response) => sendJson(response, 200, null), {
      accessToken: async () => tokens.shift() ?? null,
    })
    for (let count = 0; count < 3; count++) await client.call('my_balance', {})
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
      'Bearer anon-key',
    ])
  })

  test('sends the node’s key beside the public one', async () => {
    const { client, server } = await serve((response) => sendJson(response, 200, null), { nodeKey: 'secret' })
    await client.call('heartbeat', { p_node_id: 'n' })
    expect(server.received[0]?.headers).toMatchObject({ 'x-node-key': 'secret', authorization: 'Bearer anon-key' })
  })

  test('sends a customer’s API key beside the public one', async () => {
    const { client, server } = await serve((response) => sendJson(response, 200, null), { apiKey: 'obk_1' })
    await client.call('list_tasks', {})
    expect(server.received[0]?.headers).toMatchObject({ 'x-api-key': 'obk_1', authorization: 'Bearer anon-key' })
  })

  test.each([
    ['apiKey', 'obk_1\n2', 'OB030'],
    ['apiKey', 'obk_1\u2026', 'OB030'],
    ['nodeKey', 'obn_1\r\n2', 'OB004'],
  ])(
    '%s %j, which no header carries, is no network that is away: refused for good, and not repeated',
    async (name, key, code) => {
      const { server } = await serve((response) => sendJson(response, 200, null))
      const call = async () =>
        createClient({ supabaseUrl: server.url, supabaseKey: 'k', [name]: key }).call('my_balance', {})
      const error = await failureOf(call())
      expect([error.code, isTransient(error), error.message.includes(key)]).toEqual([code, false, false])
      expect(error.hint).toMatch(/^Give it whole and alone/)
      expect(server.received).toEqual([])
    },
  )

  test('takes a base URL with a slash, and a name only as a name', async () => {
    const { server } = await serve((response) => sendJson(response, 200, null))
    const client = createClient({ supabaseUrl: `${server.url}//`, supabaseKey: 'k' })
    await client.call('../../auth/v1/x' as 'my_balance', {})
    expect(server.received[0]?.url).toBe('/rest/v1/rpc/..%2F..%2Fauth%2Fv1%2Fx')
  })

  test('answers null for a function that returns nothing', async () => {
    const { client } = await serve((response) => response.writeHead(204).end())
    expect(await client.call('my_balance', {})).toBeNull()
  })

  test('uses the fetch that it was given', async () => {
    const client = createClient({
      supabaseUrl: 'http://nowhere.invalid',
      supabaseKey: 'k',
      fetch: async () => Response.json(7),
    })
    expect(await client.call('my_balance', {})).toBe(7)
  })

  test('sends its keys to no other place than the one it was given', async () => {
    const other = await startServer((response) => sendJson(response, 200, 'stolen'))
    const { client } = await serve((response) => response.writeHead(307, { location: `${other.url}/` }).end())
    expect(await failureOf(client.call('my_balance', {}))).toBeInstanceOf(NetworkUnreachableError)
    expect(other.received).toEqual([])
    await other.close()
  })
})

describe('a refusal', () => {
  test('by SQL becomes the class of its code, with the server’s sentence, hint and values', async () => {
    const { client } = await serve((response) =>
      sendJson(response, 400, {
        code: 'OB007',
        message: 'Your free balance of 1 USDC does not cover 2 USDC.',
        hint: 'Deposit 1 USDC more.',
        details: '{"needed":"2000000","free":"1000000"}',
      }),
    )
    const error = await failureOf(client.call('create_task', { p_task: {} }))
    expect(error).toBeInstanceOf(InsufficientBalanceError)
    expect(error).toMatchObject({
      code: 'OB007',
      shortMessage: 'Your free balance of 1 USDC does not cover 2 USDC.',
      hint: 'Deposit 1 USDC more.',
      values: { needed: '2000000', free: '1000000' },
    })
    expect(isTransient(error)).toBe(false)
  })

  test.each([null, 'prose, no JSON', '[1]', '7'])('with details %j has no values', async (details) => {
    const { client } = await serve((response) => sendJson(response, 400, { code: 'OB007', message: 'm', details }))
    expect((await failureOf(client.call('my_balance', {}))).values).toEqual({})
  })

  const body = (code: string) => ({ code, message: 'A message.', details: null, hint: null })
  test.each([
    [401, body('PGRST301'), SessionRejectedError],
    [401, body('PGRST302'), SessionRejectedError],
    [401, body('PGRST303'), SessionRejectedError],
    [401, null, SessionRejectedError],
    [401, { message: 'Invalid API key' }, RequestRefusedError],
    [500, body('PGRST300'), RequestRefusedError],
    [401, body('42501'), NotSignedInError],
    [403, body('42501'), ForbiddenError],
    [404, body('PGRST202'), FunctionMissingError],
    [400, body('22P02'), RequestRefusedError],
    [400, body('OB101'), RequestRefusedError],
    [400, body('OB999'), RequestRefusedError],
    [400, 'a text', RequestRefusedError],
    [400, null, RequestRefusedError],
    [400, { code: 1, message: {}, details: [], hint: 2 }, RequestRefusedError],
  ])('with status %i and body %j', async (status, answer, ErrorClass) => {
    const { client } = await serve((response) => sendJson(response, status, answer))
    expect(await failureOf(client.call('my_balance', {}))).toBeInstanceOf(ErrorClass)
  })

  test('that we do not know keeps everything that was said', async () => {
    const answer = { code: '22P02', message: 'invalid input syntax for type uuid: "x"', details: 'd', hint: 'h' }
    const { client } = await serve((response) => sendJson(response, 400, answer))
    expect(await failureOf(client.call('get_task', { p_task_id: 't' }))).toMatchObject({
      code: 'OB104',
      shortMessage: answer.message,
      hint: 'h',
      values: { call: 'get_task', status: 400, serverCode: '22P02', details: 'd' },
      cause: answer,
    })
  })

  test.each([502, 503, 504, 429])('by a proxy in front, as HTML with status %i, may be repeated', async (status) => {
    const { client } = await serve((response) => response.writeHead(status).end('<html>Bad gateway</html>'))
    const error = await failureOf(client.call('my_balance', {}))
    expect(error).toMatchObject({ code: 'OB104', values: { status, serverCode: null } })
    expect(isTransient(error)).toBe(true)
  })

  test.each([
    ['40001', true],
    ['40P01', true],
    ['55P03', true],
    ['57014', true],
    ['53300', true],
    ['57P03', true],
    ['23505', false],
    ['57000', false],
    ['XX40001', false],
  ])('with SQLSTATE %s: to be repeated: %s', async (code, transient) => {
    const { client } = await serve((response) => sendJson(response, 500, body(code)))
    expect(isTransient(await failureOf(client.call('my_balance', {})))).toBe(transient)
  })
})

describe('no answer', () => {
  test('garbage with status 200 is no answer', async () => {
    const { client } = await serve((response) => response.writeHead(200).end('<!doctype html>'))
    const error = await failureOf(client.call('my_balance', {}))
    expect(error).toBeInstanceOf(UnexpectedAnswerError)
    expect(isTransient(error)).toBe(false)
  })

  test('nobody listens', async () => {
    const { client, server } = await serve((response) => response.end())
    await server.close()
    const error = await failureOf(client.call('my_balance', {}))
    expect(error).toBeInstanceOf(NetworkUnreachableError)
    expect(error.values).toEqual({ call: 'my_balance' })
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(isTransient(error)).toBe(true)
  })

  test('the connection breaks in the middle of the answer', async () => {
    const { client } = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"job":', () => response.destroy())
    })
    expect(await failureOf(client.call('my_balance', {}))).toBeInstanceOf(NetworkUnreachableError)
  })

  test.each([
    ['the answer', () => {}],
    ['the rest of its body', (response: ServerResponse) => response.writeHead(200).write('{')],
  ])('%s does not come before the deadline', async (_name, answer) => {
    const { client } = await serve(answer)
    const error = await failureOf(client.call('my_balance', {}, { deadlineMs: 50 }))
    expect(error).toBeInstanceOf(CallTimeoutError)
    expect(error.values).toEqual({ call: 'my_balance', milliseconds: 50 })
    expect(isTransient(error)).toBe(true)
  })

  test('the caller gives up, before or during the call', async () => {
    const { client, server } = await serve(() => {})
    const early = AbortSignal.abort()
    expect(await failureOf(client.call('my_balance', {}, { signal: early }))).toBeInstanceOf(CallAbortedError)
    expect(server.received).toEqual([])

    const controller = new AbortController()
    const arrived = server.nextRequest()
    const failure = failureOf(client.call('my_balance', {}, { signal: controller.signal }))
    await arrived
    controller.abort()
    expect(await failure).toBeInstanceOf(CallAbortedError)
    expect(isTransient(await failure)).toBe(false)
  })

  test('the counts of all jobs do not come before the deadline', async () => {
    const { server } = await serve(() => {})
    const error = await failureOf(getJobStats({ supabaseUrl: server.url, supabaseKey: 'key' }, { deadlineMs: 50 }))
    expect(error).toBeInstanceOf(CallTimeoutError)
  })

  test('the session’s token never comes: the deadline still holds', async () => {
    const { client } = await serve((response) => sendJson(response, 200, 1), {
      accessToken: () => new Promise(() => {}),
    })
    expect(await failureOf(client.call('my_balance', {}, { deadlineMs: 50 }))).toBeInstanceOf(CallTimeoutError)
  })

  test('what the session itself throws is passed on as it is', async () => {
    const fault = new Error('no session storage')
    const { client, server } = await serve((response) => sendJson(response, 200, 1), {
      accessToken: () => Promise.reject(fault),
    })
    await expect(client.call('my_balance', {})).rejects.toBe(fault)
    expect(server.received).toEqual([])
  })
})

describe('a call that posts', () => {
  const terms = { title: 't', acknowledgeVisible: true } as const
  const posts: [string, (client: Client, deadlineMs?: number) => Promise<unknown>][] = [
    [
      'createTask',
      (client, deadlineMs) =>
        createTask(client, {
          task: { ...terms, program: { kind: 'builtin', name: 'p' }, inputs: [1], pricePerChunk: 1n, budget: 1n },
          deadlineMs,
        }),
    ],
    [
      'createBriefWithJob',
      (client, deadlineMs) =>
        createBriefWithJob(client, { ...terms, query: 'q', media_type: 'text', price_per_job: 1n, deadlineMs }),
    ],
    ['createJob', (client, deadlineMs) => createJob(client, { brief_id: 'b', type: 'analysis', deadlineMs })],
    ['runSchedule', (client, deadlineMs) => runSchedule(client, { scheduleId: 's', deadlineMs })],
  ]
  const look = /look among your tasks before you post it again/

  test.each(posts)(
    '%s says that it may have happened where no answer came, and never to repeat it',
    async (_, post) => {
      const answers: ((response: ServerResponse) => void)[] = [
        (response) => response.destroy(),
        () => {},
        (response) => response.writeHead(504).end('<html>'),
        (response) => sendJson(response, 400, { code: 'OB007', message: 'No money.', hint: 'Deposit.', details: null }),
        (response) => sendJson(response, 500, { code: '40001', message: 'lost a race', hint: null, details: null }),
      ]
      const { client } = await serve((response) => answers.shift()?.(response))
      const errors = [await failureOf(post(client)), await failureOf(post(client, 50)), await failureOf(post(client))]
      expect(errors.map(({ code, hint, cause }) => [code, look.test(hint), cause instanceof OblivionError])).toEqual([
        ['OB101', true, true],
        ['OB102', true, true],
        ['OB104', true, true],
      ])
      expect(errors.map(isTransient)).toEqual([true, true, true])
      expect(errors[1]?.values).toMatchObject({ milliseconds: 50 })
      expect((await failureOf(post(client))).hint).toBe('Deposit.')
      expect((await failureOf(post(client))).hint).not.toMatch(look)
    },
  )
})

test('isTransient knows nothing of what is not ours', () => {
  expect([new Error('x'), null, 'OB101', { code: 'OB101' }].map(isTransient)).toEqual([false, false, false, false])
})
