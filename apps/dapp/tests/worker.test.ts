import type { JobAtHand, Receipt, WorkerState } from '@oblivion/core'
import type { JobReport } from '@oblivion/sdk'
import { expect, test } from 'vitest'
import { consentVersion, readConsent } from '../src/features/worker/consent.ts'
import { lastJobRows } from '../src/features/worker/lastJobRows.ts'
import { readLimits } from '../src/features/worker/limits.ts'
import { nextForEarnings } from '../src/features/worker/nextForEarnings.ts'
import { timeLeft } from '../src/features/worker/timeLeft.ts'
import { isLive, recordReport, recordState, restingWorker } from '../src/features/worker/workerLog.ts'
import { spokenStatus, workerSentence } from '../src/features/worker/workerSentence.ts'

const job: JobAtHand = {
  jobId: 'a',
  attempt: 1,
  taskId: 't',
  title: 'Path-traced room',
  chunkIndex: 36,
  chunkCount: 64,
  type: 'raytrace',
  progress: 0.5,
}
const { progress: _, ...held } = job
const report: JobReport = { ...held, outcome: 'succeeded', accepted: true, reason: null, seconds: 2 }
const receipt: Receipt = {
  receiptId: 'r',
  taskId: 't',
  title: 'Path-traced room',
  chunkIndex: 36,
  jobId: 'a',
  attempt: 1,
  asset: 'chain',
  price: 10_000n,
  fee: 500n,
  reward: 9500n,
  resultHash: '00',
  startedAt: '2026-11-24T12:00:00Z',
  acceptedAt: '2026-11-24T12:00:03Z',
  state: 'pending',
}

test('the sentence names tile, task and what comes after', () => {
  const working = workerSentence({ status: 'working', job }, null)
  expect([working.before, working.title, working.after].join(' ')).toBe(
    'Rendering tile 37 of 64 for Path-traced room .',
  )
  expect(workerSentence({ status: 'finishing', job }, null).after).toContain('then stopping')
  expect(workerSentence({ status: 'working', job: { ...job, type: 'other' } }, null).before).toBe(
    'Computing chunk 37 of 64 for',
  )
})

test('an empty queue is explained, a full one counted', () => {
  expect(workerSentence({ status: 'waiting' }, 0).below).toContain('nobody has work')
  expect(workerSentence({ status: 'waiting' }, 1).below).toContain('1 job is in the queue')
  expect(workerSentence({ status: 'waiting' }, 3).below).toContain('3 jobs are in the queue')
})

test('FJ-28: what the server says of a node that gets nothing stands there instead of the queue, with what to do about it', () => {
  const sentence = 'Only tasks of this wallet are waiting, and nobody computes for itself.'
  const claim = { reason: 'own_tasks_only', sentence, values: {} } as const
  expect(workerSentence({ status: 'waiting' }, 3, claim).below).toBe(`${sentence} Others will compute them.`)
  expect(workerSentence({ status: 'waiting' }, 3, { ...claim, reason: 'job_waiting' }).below).toBe(sentence)
})

test('every state has a sentence', () => {
  const states: WorkerState[] = [
    { status: 'idle' },
    { status: 'consenting' },
    { status: 'starting' },
    { status: 'waiting' },
    { status: 'working', job },
    { status: 'paused', reason: 'elsewhere', job: null },
    { status: 'finishing', job },
    { status: 'stopped' },
    { status: 'failed', code: 'OB204' },
  ]
  for (const state of states) expect(workerSentence(state, null).before).toMatch(/^[A-Z]/)
  expect(states.filter(isLive).map((state) => state.status)).toEqual([
    'starting',
    'waiting',
    'working',
    'paused',
    'finishing',
  ])
})

test('a frame that is blocked is named, so that it can be allowed', () => {
  const below = (code: 'OB202' | 'OB203' | 'OB101') =>
    workerSentence({ status: 'failed', code }, null, null, 'https://bridge.example/').below
  expect(below('OB202')).toContain('Allow frames and scripts of https://bridge.example:')
  expect(below('OB203')).toContain('Allow frames of what https://bridge.example/config.json names as sandboxUrl:')
  expect(below('OB101')).not.toContain('bridge.example')
})

test('the clock of a job starts with the job, not with its progress', () => {
  let view = recordState(restingWorker, { status: 'working', job: { ...job, progress: 0 } }, 1000)
  view = recordState(view, { status: 'working', job }, 2000)
  expect(view.jobSince).toBe(1000)
  view = recordState(view, { status: 'working', job: { ...job, jobId: 'b' } }, 3000)
  expect(view.jobSince).toBe(3000)
  view = recordState(view, { status: 'working', job: { ...job, jobId: 'b', attempt: 2 } }, 4000)
  expect(view.jobSince).toBe(4000)
  expect(recordState(view, { status: 'waiting' }, 5000).jobSince).toBeNull()
})

test('a rest is no part of what a job takes', () => {
  const rest = { status: 'paused', reason: 'on-battery', job } as const
  let view = recordState(restingWorker, { status: 'working', job }, 1000)
  for (const at of [3000, 20_000]) view = recordState(view, rest, at)
  expect([view.jobSince, view.pausedSince]).toEqual([1000, 3000])
  view = recordState(view, { status: 'working', job }, 63_000)
  expect([view.jobSince, view.pausedSince]).toEqual([61_000, null])
  // One that came while the rest had begun already starts with its end.
  view = recordState(view, { ...rest, job: null }, 70_000)
  view = recordState(view, { ...rest, job: { ...job, jobId: 'b' } }, 71_000)
  expect(recordState(view, { status: 'working', job: { ...job, jobId: 'b' } }, 90_000).jobSince).toBe(90_000)
})

test('what is said aloud changes with the status and not with the job, and says why it rests', () => {
  const other = { ...job, chunkIndex: 37, progress: 0 }
  expect(spokenStatus({ status: 'working', job })).toBe(spokenStatus({ status: 'working', job: other }))
  expect(spokenStatus({ status: 'finishing', job })).toBe(spokenStatus({ status: 'finishing', job: other }))
  expect(spokenStatus({ status: 'paused', reason: 'on-battery', job })).toMatch(/^The worker is paused\. .*on battery/)
  expect(spokenStatus({ status: 'failed', code: 'OB204' })).toMatch(/^The worker cannot go on\. ./)
  expect(spokenStatus({ status: 'waiting' })).toBe('Waiting for a job.')
})

test('the log of a long day stays short', () => {
  let view = restingWorker
  for (let at = 0; at < 80; at++) view = recordReport(view, { ...report, jobId: String(at) }, at)
  expect(view.log).toHaveLength(50)
  expect(view.log[0]?.jobId).toBe('79')
})

test('time left is told only when it can be', () => {
  expect(timeLeft(0, 10)).toBeNull()
  expect(timeLeft(0.5, 0.1)).toBeNull()
  expect(timeLeft(0.25, 10)).toBeCloseTo(30)
})

test('RN-7: last jobs join the receipt with the log by job and attempt', () => {
  const stale = {
    ...report,
    attempt: 2,
    accepted: false,
    reason: 'stale_attempt',
    endedAt: Date.parse(receipt.acceptedAt) + 5000,
  }
  const rows = lastJobRows([stale, { ...report, endedAt: 1 }], [receipt])
  expect(rows.map((row) => [row.chunk, row.seconds, row.earned, row.state])).toEqual([
    [37, 2, null, 'refused'],
    [37, 3, { amount: 9500n, asset: 'chain' }, 'pending'],
  ])
})

test('a job that was paid by card or in play money says so, and is not being read for ever', () => {
  const states = (['waiting', 'ripe', 'reversed', 'play'] as const).map((state, at) => {
    const asset = state === 'play' ? 'test' : 'card'
    return lastJobRows([{ ...report, endedAt: at }], [{ ...receipt, asset, state }])
  })
  expect(states.flat().map(({ state, earned }) => [state, earned?.asset])).toEqual([
    ['waiting', 'card'],
    ['ripe', 'card'],
    ['reversed', 'card'],
    ['play', 'test'],
  ])
})

test.each([
  [{ outcome: 'released' as const, accepted: true }, 'released'],
  [{ outcome: 'failed' as const, accepted: true }, 'failed'],
  [{ outcome: 'succeeded' as const, accepted: true }, 'accepted'],
  [{ outcome: 'succeeded' as const, accepted: false }, 'refused'],
])('a job without a receipt says why: %o', (end, state) => {
  expect(lastJobRows([{ ...report, ...end, endedAt: 1 }], [])[0]?.state).toBe(state)
})

test('what happens next with the money', () => {
  expect(nextForEarnings({ total: 0n, pending: 0n, claimable: 0n })).toContain('Nothing yet')
  expect(nextForEarnings({ total: 2n, pending: 1n, claimable: 420_000n })).toContain('0.42 USDC can be settled now')
  expect(nextForEarnings({ total: 2n, pending: 1n, claimable: 0n })).toContain('wait to be charged')
  expect(nextForEarnings({ total: 2n, pending: 0n, claimable: 0n })).toContain('settled')
})

test('only a consent to this very text counts', () => {
  const at = '2026-11-24T12:00:00.000Z'
  expect(readConsent(JSON.stringify({ version: consentVersion, at }))).toEqual({ version: consentVersion, at })
  for (const text of [
    null,
    '',
    'true',
    '{"version":',
    JSON.stringify({ version: consentVersion - 1, at }),
    JSON.stringify({ version: String(consentVersion), at }),
    JSON.stringify({ version: consentVersion, at: 'yesterday' }),
  ]) {
    expect(readConsent(text)).toBeNull()
  }
})

test('on our own dApp a consent stands until it is taken back, however long ago it was given', () => {
  const text = JSON.stringify({ version: consentVersion, at: '2016-11-24T12:00:00.000Z' })
  expect(readConsent(text)).toMatchObject({ version: consentVersion })
})

test('limits are what was set in bounds, and half a core on mains power where nothing was', () => {
  const usual = { cpu: 0.5, when: ['on-power'], strangersPrograms: false }
  const set = { cpu: 0.3, when: ['visible'], strangersPrograms: true }
  expect(readLimits(JSON.stringify(set))).toEqual(set)
  expect(readLimits('{"cpu":1,"when":[]}')).toEqual({ cpu: 1, when: [], strangersPrograms: false })
  for (const text of [null, '{', 'null', '{"cpu":5,"when":"visible","strangersPrograms":"yes"}', '{"cpu":0}'])
    expect(readLimits(text)).toEqual(usual)
})
