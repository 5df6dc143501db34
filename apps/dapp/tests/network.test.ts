import type { NetworkSeries, NetworkStats } from '@oblivion/core'
import { expect, test } from 'vitest'
import { freshness } from '../src/features/network/freshness.ts'
import { jobCounts } from '../src/features/network/jobCounts.ts'
import { networkFigures, networkSentence } from '../src/features/network/networkFigures.ts'
import { bucketSentence, scaleEnd, seriesSentence } from '../src/features/network/seriesWords.ts'

const series = (bucketSeconds: number): NetworkSeries => ({
  bucketSeconds,
  from: '2026-11-24T11:00:00Z',
  ...{ accepted: [], owners: [], online: [], working: [], medianWaitSeconds: [] },
})

const quiet: NetworkStats = {
  online: 0,
  working: 0,
  byType: { browser: 0, server: 0, python: 0 },
  pendingJobs: 0,
  processingJobs: 0,
  tasksRunning: 0,
  chunksToday: 0,
  chunksTotal: 0,
  medianWaitSeconds: null,
  fairness: null,
  feeBps: 500,
  defaultPricePerHour: null,
  series: { '1h': series(60), '24h': series(900), '7d': series(7200) },
  asOf: '2026-11-24T12:00:00Z',
  ageSeconds: 0.4,
}

test.each([
  [{}, 'No worker is online and no job waits.'],
  [{ pendingJobs: 1 }, 'No worker is online; 1 job waits.'],
  [{ online: 1 }, 'One worker is online and idle.'],
  [{ online: 1, working: 1 }, 'One worker is online, and at work.'],
  [{ online: 3 }, '3 workers are online, none of them at work.'],
  [{ online: 3, working: 2 }, '3 workers are online, 2 of them at work.'],
  [{ online: 3, working: 2, pendingJobs: 1204 }, '3 workers are online, 2 of them at work; 1,204 jobs wait.'],
  [{ online: 3, working: 3 }, '3 workers are online, all of them at work.'],
])('%o reads: %s', (part, sentence) => {
  expect(networkSentence({ ...quiet, ...part })).toBe(sentence)
})

test('DJ-26: five figures, and each zero says why', () => {
  const figures = networkFigures(quiet)
  expect(figures.map((figure) => figure.value)).toEqual(['0', '0', '0', '–', '–'])
  expect(figures.map((figure) => figure.note)).toEqual([
    'No worker has called in the last minute.',
    'Nobody is online.',
    'Accepted since midnight UTC; 0 in all.',
    'No job was taken in the last hour.',
    'It takes two owners at work.',
  ])
  expect(networkFigures({ ...quiet, fairness: 0.98765 })[4]).toMatchObject({ value: '0.99' })
})

test('a wait has tenths while they matter', () => {
  const wait = (medianWaitSeconds: number) => networkFigures({ ...quiet, medianWaitSeconds })[3]
  expect(wait(0.234)?.value).toBe('0.2')
  expect(wait(12.6)?.value).toBe('13')
  expect(wait(1)?.unit).toBe('s')
})

test('figures are live until four polls were missed', () => {
  expect(freshness({ now: 10_000, updatedAt: 2000, online: true })).toEqual({ live: true, words: 'live' })
  expect(freshness({ now: 10_001, updatedAt: 2000, online: true })).toEqual({
    live: false,
    words: 'not updated for 8 s',
  })
  expect(freshness({ now: 2000, updatedAt: 2000, online: false }).live).toBe(false)
})

test('figures that the server counted a while ago say so, by its clock and the time since', () => {
  const words = (ageSeconds: number) => freshness({ now: 4000, updatedAt: 2000, online: true, ageSeconds }).words
  expect([words(0.4), words(2.9), words(10)]).toEqual(['live', 'live', 'counted 12 s ago'])
})

test('a scale ends at the next round number', () => {
  expect([[], [null, 0], [1], [2, 3], [7], [11], [999], [5001]].map(scaleEnd)).toEqual([
    1, 1, 1, 5, 10, 20, 1000, 10_000,
  ])
})

test('DJ-26: a series and each of its bars are told in words; what nobody counted or saw is not called 0', () => {
  const hour: NetworkSeries = {
    ...{ bucketSeconds: 60, from: '2026-11-24T11:00:00Z', accepted: [12, 0, null], owners: [3, 0, null] },
    ...{ online: [4.2, null, null], working: [1, null, null], medianWaitSeconds: [0.31, null, null] },
  }
  expect(seriesSentence('1h', hour)).toMatch(/^12 chunks in the hour to \d\d:02, 12 chunks a minute at most\.$/)
  expect(seriesSentence('7d', { ...hour, accepted: [0, null] })).toMatch(
    /^No chunk was accepted in the 7 days to \d\d:01\.$/,
  )
  expect([0, 1, 2].map((index) => bucketSentence(hour, index).replace(/^[0-9:]{5} to [0-9:]{5}: /, ''))).toEqual([
    '12 chunks from 3 owners, 4 workers online, a median wait of 0.3 s.',
    'no chunk, nobody looked who was online.',
    'not counted yet.',
  ])
})

test('jobs are counted by program, those with open jobs first', () => {
  const rows = [
    { type: 'js', status: 'completed', count: 900 },
    { type: 'raytrace', status: 'pending', count: 4 },
    { type: 'raytrace', status: 'processing', count: 1 },
    { type: 'wasm', status: 'blocked', count: 6 },
    { type: 'a', status: 'failed', count: 1 },
  ] as const
  expect(jobCounts(rows)).toEqual([
    { type: 'wasm', counts: { blocked: 6 } },
    { type: 'raytrace', counts: { pending: 4, processing: 1 } },
    { type: 'a', counts: { failed: 1 } },
    { type: 'js', counts: { completed: 900 } },
  ])
  expect(jobCounts([])).toEqual([])
})
