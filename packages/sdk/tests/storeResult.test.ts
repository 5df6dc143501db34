import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { storeResult } from '../src/agent/storeResult.ts'
import { type Listening, listen } from './harness/listen.ts'

let server: Listening
let arrived: EventTarget

beforeEach(async () => {
  arrived = new EventTarget()
  server = await listen((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(503).end()
      arrived.dispatchEvent(new Event('upload'))
    })
  })
})
afterEach(() => server.close())

test('an upload that waits for its next try ends when it is dropped, not when the wait does', async () => {
  const drop = new AbortController()
  const uploaded = once(arrived, 'upload')
  const job = { jobId: 'job', attempt: 1 } as Parameters<typeof storeResult>[1]
  const source = { supabaseUrl: `http://127.0.0.1:${server.port}`, supabaseKey: 'key', nodeKey: 'secret' }
  const stored = storeResult(source, job, new TextEncoder().encode('{}'), 'ab', drop.signal)
  await uploaded
  // It has the answer by then, and waits 2 s.
  await new Promise((resolve) => setTimeout(resolve, 300))
  const from = performance.now()
  drop.abort()
  expect(await stored).toBeNull()
  expect(performance.now() - from).toBeLessThan(1000)
})
