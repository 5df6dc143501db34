import { readVariable } from '@oblivion/core'
import type { ServerWorkerEvent } from '@oblivion/sdk/node'
import { expect, test } from 'vitest'
import { createLog, type LogLevel } from '../src/createLog.ts'
import { logEvent } from '../src/worker/logEvent.ts'

const written = (several: boolean, level: LogLevel = readVariable({}, 'LOG_LEVEL')): string[] => {
  const lines: string[] = []
  const log = createLog(level, { json: false, several, write: (line) => lines.push(line.slice(10)) })
  log.info({ worker: 'box-1', jobId: 'j' }, 'chunk 1 of “a\u001b[2J\nb” accepted after 1.0 s')
  log.warn({ worker: 'box-2' }, 'gone')
  log.info({ port: 1 }, 'health')
  log.debug({ worker: 'box-1' }, '50 %')
  return lines
}
const accepted = 'chunk 1 of “a\\u001b[2J\\u000ab” accepted after 1.0 s\n'

test('RN-23: where several workers write, a line at a terminal says whose it is; a stranger’s title moves no cursor', () => {
  expect(written(true)).toEqual([`box-1: ${accepted}`, 'box-2: warn: gone\n', 'health\n'])
  expect(written(false)).toEqual([accepted, 'warn: gone\n', 'health\n'])
})

test('SW-7: LOG_LEVEL is info where nobody says otherwise; debug shows more, warn and error less', () => {
  expect(written(false, 'debug')).toEqual([accepted, 'warn: gone\n', 'health\n', '50 %\n'])
  expect(written(false, 'warn')).toEqual(['warn: gone\n'])
  expect(written(false, 'error')).toEqual([])
})

test('SW-33, SW-36: what goes wrong is logged with the worker, the job and the words for it; a claim that failed with what follows', () => {
  const lines: unknown[] = []
  const log = createLog('info', { json: true, write: (line) => lines.push(JSON.parse(line)) })
  const job = { jobId: 'j', attempt: 2, taskId: 't', title: 'Room', type: 'js', chunkIndex: 0, chunkCount: 4 }
  const report = { ...job, outcome: 'failed', accepted: true, reason: null, seconds: 1 } as const
  const events: ServerWorkerEvent[] = [
    { type: 'pause', reason: 'offline', slot: 0 },
    { type: 'report', report, error: 'no paper', slot: 0 },
    { type: 'report', report: { ...report, outcome: 'succeeded', accepted: false, reason: 'stale_attempt' }, slot: 1 },
    { type: 'fail', code: 'OB004', slot: 1 },
  ]
  for (const event of events) logEvent(log, 'box-1', event)
  expect(lines).toMatchObject([
    { worker: 'box-1', level: 40, msg: 'the server cannot be reached; trying again by itself' },
    { worker: 'box-1', level: 40, report, msg: 'the program of chunk 1 of “Room” failed: no paper' },
    { worker: 'box-1', level: 40, slot: 1, msg: 'chunk 1 of “Room” refused: stale_attempt' },
    { worker: 'box-1', level: 50, code: 'OB004', msg: 'stopped: OB004' },
  ])
})
