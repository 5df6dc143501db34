import {
  CallAbortedError,
  CallTimeoutError,
  InvalidInputError,
  NetworkUnreachableError,
  OblivionError,
} from '@oblivion/core'
import { createClient as createSupabaseClient } from '@supabase/supabase-js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clientFromSupabase, getNetworkStats } from '../src/index.ts'
import { sendJson, startServer, type TestServer } from './startServer.ts'

let server: TestServer
let answer: Parameters<typeof startServer>[0]
beforeEach(async () => {
  server = await startServer((response, request) => answer(response, request))
})
afterEach(() => server.close())

const clientOf = (url = server.url, accessToken: () => Promise<string> = async () => 'session-token') =>
  clientFromSupabase(createSupabaseClient(url, 'anon-key', { auth: { persistSession: false }, accessToken }))

const failureOf = async (call: Promise<unknown>): Promise<unknown> => {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof OblivionError)) throw error
  return error
}

test('calls through the app’s client, with its session', async () => {
  answer = (response) => sendJson(response, 200, { a: 1 })
  expect(await clientOf().call('get_task', { p_task_id: 't' })).toEqual({ a: 1 })
  expect(server.received).toMatchObject([
    {
      method: 'POST',
      url: '/rest/v1/rpc/get_task',
      body: '{"p_task_id":"t"}',
      headers: { apikey: 'anon-key', authorization: 'Bearer session-token' },
    },
  ])
})

test('answers null for a function that returns nothing', async () => {
  answer = (response) => response.writeHead(204).end()
  expect(await clientOf().call('my_balance', {})).toBeNull()
})

test('a refusal becomes the class of its code', async () => {
  answer = (response) =>
    sendJson(response, 400, { code: 'OB005', message: 'm', hint: 'h', details: '{"field":"title","reason":"empty"}' })
  const error = await failureOf(clientOf().call('create_task', { p_task: {} }))
  expect(error).toBeInstanceOf(InvalidInputError)
  expect(error).toMatchObject({ values: { field: 'title', reason: 'empty' } })
})

test('nobody listens', async () => {
  await server.close()
  expect(await failureOf(clientOf().call('my_balance', {}))).toBeInstanceOf(NetworkUnreachableError)
})

test('no answer before the deadline', async () => {
  answer = () => {}
  expect(await failureOf(clientOf().call('my_balance', {}, { deadlineMs: 50 }))).toBeInstanceOf(CallTimeoutError)
})

test('a session that is not refreshed holds no call beyond its deadline', async () => {
  const client = clientOf(server.url, () => new Promise(() => {}))
  const failure = await failureOf(client.call('my_balance', {}, { deadlineMs: 50 }))
  expect(failure).toBeInstanceOf(CallTimeoutError)
  expect(server.received).toEqual([])
})

test('a proxy’s page is nobody’s sentence', async () => {
  answer = (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502</h1></html>')
  expect(await failureOf(clientOf().call('my_balance', {}))).toMatchObject({
    code: 'OB104',
    shortMessage: 'The server refused the request.',
    values: { status: 502 },
  })
})

test('the caller gives up', async () => {
  answer = () => {}
  const controller = new AbortController()
  const arrived = server.nextRequest()
  const failure = failureOf(getNetworkStats(clientOf(), { signal: controller.signal }))
  await arrived
  controller.abort()
  expect(await failure).toBeInstanceOf(CallAbortedError)
})
