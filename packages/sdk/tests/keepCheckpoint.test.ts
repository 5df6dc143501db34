import { createBareClient } from '@oblivion/client'
import { type OfferedJob, sha256Hex } from '@oblivion/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepCheckpoint } from '../src/agent/keepCheckpoint.ts'
import { type Listening, listen } from './harness/listen.ts'

let server: Listening
let asked: { what: string; body: string }[]
let answer: (what: string) => number

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  asked = []
  answer = () => 200
  server = await listen(async (request, response) => {
    const what = `${request.method} ${request.url}`
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    asked.push({ what, body: Buffer.concat(parts).toString() })
    response.writeHead(answer(what), { 'content-type': 'application/json' }).end('true')
  })
})
afterEach(async () => {
  vi.useRealTimers()
  await server.close()
})

const jobOf = (jobId: string) => ({ jobId, attempt: 2 }) as OfferedJob
const keep = (job: OfferedJob, state: string) => {
  const address = { supabaseUrl: `http://127.0.0.1:${server.port}`, supabaseKey: 'public', nodeKey: 'secret' }
  return keepCheckpoint(createBareClient(address), address, 'node', job, state)
}
const large = (letter: string) => JSON.stringify(letter.repeat(65_535))
const nameOf = (state: string) => `uploads/job/2/${sha256Hex(new TextEncoder().encode(state))}`
const bucket = '/storage/v1/object/oblivion-checkpoints'
const save = 'POST /rest/v1/rpc/save_checkpoint'
const named = { p_node_id: 'node', p_job_id: 'job', p_attempt: 2 }
const whats = () => asked.map(({ what }) => what)

test('up to 64 kB of UTF-8 goes with the call', async () => {
  const state = JSON.stringify('x'.repeat(65_534))
  expect(await keep(jobOf('job'), state)).toBe(true)
  expect(whats()).toEqual([save])
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ ...named, p_state: state })
})

test('a larger one goes into Storage under its hash, once a minute, and the one before it goes out', async () => {
  const job = jobOf('job')
  const [first, second] = [large('a'), JSON.stringify('ü'.repeat(40_000))]
  expect(await keep(job, first)).toBe(true)
  expect(asked.map(({ what }) => what)).toEqual([`POST ${bucket}/${nameOf(first)}`, save])
  expect(asked[0]?.body).toBe(first)
  expect(JSON.parse(asked[1]?.body ?? '')).toEqual({ ...named, p_hash: nameOf(first).slice(-64) })
  vi.advanceTimersByTime(59_000)
  expect(await keep(job, second)).toBe(false)
  expect(asked).toHaveLength(2)
  vi.advanceTimersByTime(1000)
  expect(await keep(job, second)).toBe(true)
  expect(whats().slice(2)).toEqual([`POST ${bucket}/${nameOf(second)}`, save, `DELETE ${bucket}`])
  expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({ prefixes: [nameOf(first)] })
  // Another job is another matter.
  expect(await keep(jobOf('next'), first)).toBe(true)
})

test('one that Storage does not take is not named to the engine', async () => {
  answer = (what) => (what.includes('/storage/') ? 400 : 200)
  expect(await keep(jobOf('job'), large('a'))).toBe(false)
  expect(whats()).not.toContain(save)
})
