import { NetworkUnreachableError, NodeKeyInvalidError, type Registration } from '@oblivion/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServerWorker, type ServerWorkerEvent } from '../src/node/index.ts'
import { type Queue, startQueue } from './harness/startQueue.ts'

let queue: Queue
beforeEach(async () => {
  queue = await startQueue()
})
afterEach(() => queue.close())

const none = { source: '', hash: '' }
const registration: Registration = {
  nodeId: '00000000-0000-4000-8000-000000000001',
  nodeSecret: 'secret',
  settings: { heartbeatSeconds: 1, maxJobs: 1, maxInlineBytes: 256_000 },
}
/** A worker that has nothing to compute. */
const workerOf = (register: () => Promise<Registration>, onEvent = (_: ServerWorkerEvent) => {}) =>
  createServerWorker({
    ...{ supabaseUrl: queue.url, supabaseKey: 'anon', register, onEvent },
    programs: { builtins: {}, support: { js: none, wasm: none } },
  })
const away = () => new NetworkUnreachableError({ values: { call: 'register_node' } })

test('a worker that is up before its network waits for it, and says so once', async () => {
  let tries = 0
  const told: string[] = []
  const register = async (): Promise<Registration> => {
    if (++tries < 3) throw away()
    return registration
  }
  const worker = workerOf(register, ({ type }) => told.push(type))
  const over = worker.run()
  await queue.until(() => queue.calls.some(({ name }) => name === 'work_cycle'))
  expect([tries, told]).toEqual([3, ['pause', 'resume']])
  expect(worker.health()).toMatchObject({ status: 'healthy', nodeId: registration.nodeId })
  await worker.stop()
  await over
})

test('one that waits for its network can be stopped; one that is refused does not wait', async () => {
  const asked = Promise.withResolvers<void>()
  const worker = workerOf(async () => {
    asked.resolve()
    throw away()
  })
  const over = worker.run()
  await asked.promise
  await worker.stop()
  await over
  expect(worker.health().status).toBe('stopped')
  expect(queue.calls).toEqual([])
  await expect(
    workerOf(async () => {
      throw new NodeKeyInvalidError()
    }).run(),
  ).rejects.toThrow(NodeKeyInvalidError)
})
