import { describe, expect, test } from 'vitest'
import { readFromTab } from '../src/frame/mirror.ts'
import { readToFrame, readToHost } from '../src/protocol/hostMessages.ts'
import { readToBridge, readToPage } from '../src/protocol/messages.ts'
import { readFromSandbox } from '../src/sandbox/messages.ts'

const registration = {
  nodeId: 'n',
  nodeSecret: 's',
  settings: { heartbeatSeconds: 15, maxJobs: 1, maxInlineBytes: 1000 },
}
const job = { jobId: 'j', attempt: 1, taskId: 't', title: 'A room', type: 'raytrace', chunkIndex: 0, chunkCount: 4 }
const report = { ...job, outcome: 'succeeded', accepted: true, reason: null, seconds: 1.5 }

const limits = { cpu: 0.5, when: ['visible', 'on-power'], strangersPrograms: true }

const toBridge = [
  { type: 'start', hardwareId: null, limits },
  { type: 'start', hardwareId: 'h', limits },
  { type: 'limits', limits },
  { type: 'hold', reason: 'page-busy', on: true },
  { type: 'registration', registration },
  { type: 'registration', registration: null },
  { type: 'finish' },
  { type: 'stop' },
]
const toPage = [
  { type: 'register', hardwareId: 'h' },
  { type: 'ended' },
  ...[
    { type: 'ready' },
    { type: 'claim', job },
    { type: 'progress', progress: 0.5 },
    { type: 'end' },
    { type: 'pause', reason: 'elsewhere' },
    { type: 'pause', reason: 'on-battery' },
    { type: 'share', cpu: 0.3 },
    { type: 'resume' },
    { type: 'fail', code: 'OB203' },
    { type: 'report', report },
  ].map((event) => ({ type: 'event', event })),
]
const fromSandbox = [
  { type: 'up' },
  { type: 'pong', id: 1, progress: 0.5, rested: 10, checkpoint: null },
  { type: 'paced', id: 1 },
  { type: 'done', id: 1, text: '1', rested: 10 },
  { type: 'failed', id: 1, error: 'e' },
  { type: 'too_large', id: 1, length: 5 },
]

const toFrame = [
  { type: 'start' },
  { type: 'finish' },
  { type: 'stop' },
  { type: 'limits', cpu: 0.05 },
  { type: 'busy', on: true },
]
const toHost = [
  { type: 'state', state: { status: 'working' } },
  { type: 'state', state: { status: 'paused', reason: 'page-busy' } },
  { type: 'state', state: { status: 'failed', code: 'OB204' } },
  { type: 'share', cpu: 0.3 },
  { type: 'size', width: 240, height: 56 },
]
const shown = { type: 'raytrace', chunkIndex: 0, chunkCount: 4, progress: 0.5 }
const fromTab = [
  { type: 'hello' },
  { type: 'seen', seen: { state: { status: 'working' }, share: 0.3, job: shown } },
  { type: 'seen', seen: { state: { status: 'paused', reason: 'covered' }, share: 0, job: null } },
  { type: 'end', never: true, at: 1 },
  { type: 'power', cpu: 0.05 },
  { type: 'ask', id: 'i', call: 'visitor_earnings' },
  { type: 'answer', id: 'i', outcome: '{}' },
]

const strange = [undefined, null, 0, '', 'start', [], {}, { type: 'toString' }, { type: ['stop'] }, new Map(), () => {}]

/** Every copy of a message in which one leaf is something else. */
const damaged = (message: unknown): unknown[] => {
  if (typeof message !== 'object' || message === null) return [Symbol('damaged'), {}, undefined]
  return Object.entries(message).flatMap(([key, value]) =>
    damaged(value).map((worse) => ({ ...message, [key]: worse })),
  )
}

describe.each<[string, (data: unknown) => unknown, readonly unknown[]]>([
  ['page to bridge', readToBridge, toBridge],
  ['bridge to page', readToPage, toPage],
  ['sandbox to bridge', readFromSandbox, fromSandbox],
  ['host page to frame', readToFrame, toFrame],
  ['frame to host page', readToHost, toHost],
  ['tab to tab', readFromTab, fromTab],
])('%s', (_, read, messages) => {
  test.each(messages.map((message) => [JSON.stringify(message), message]))('reads %s', (_, message) => {
    expect(read(message)).toEqual(message)
  })

  test('refuses what is none, and every message with one field damaged', () => {
    for (const data of strange) expect(read(data)).toBeNull()
    for (const message of messages) for (const data of damaged(message)) expect(read(data)).toBeNull()
  })

  test('passes on no field that it does not know', () => {
    for (const message of messages) {
      expect(read({ ...(message as object), session: 'secret', hop: 1 })).toEqual(message)
    }
  })
})

test('A11: what a host page can learn is state, share, the job’s public fields and codes; no input, key or address', () => {
  const fields = new Set<string>()
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      fields.add(key)
      collect(inner)
    }
  }
  const loaded = { nodeSecret: 's', input: {}, program: {}, provider: '0x', leaseExpiresAt: '' }
  for (const message of toPage) {
    const { event } = message as { event?: Record<string, unknown> }
    const inner = event && {
      ...event,
      ...loaded,
      ...('job' in event ? { job: { ...job, ...loaded } } : {}),
      ...('report' in event ? { report: { ...report, ...loaded } } : {}),
    }
    collect(readToPage({ ...message, ...loaded, ...(inner ? { event: inner } : {}) }))
  }
  expect([...fields].sort()).toEqual([
    'accepted',
    'attempt',
    'chunkCount',
    'chunkIndex',
    'code',
    'cpu',
    'event',
    'hardwareId',
    'job',
    'jobId',
    'outcome',
    'progress',
    'reason',
    'report',
    'seconds',
    'taskId',
    'title',
    'type',
  ])
})
