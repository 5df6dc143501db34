import { expect, test } from 'vitest'
import { createAlarms } from '../../src/health/alarms.ts'
import { delayAfter } from '../../src/loop/delayAfter.ts'
import { repeat } from '../../src/loop/repeat.ts'
import { watchLoops } from '../../src/loop/watchLoops.ts'

test('a loop keeps its pace, and slows down to at most 10 s while it fails', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((failures) => delayAfter(500, failures))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ])
  expect(delayAfter(60_000, 3)).toBe(60_000)
})

test('repeat: one turn at a time, failures reported in a row, recovery once, ends at the signal', async () => {
  const stopping = new AbortController()
  const story: string[] = []
  let turn = 0
  await repeat({
    everyMs: 10,
    signal: stopping.signal,
    sleep: async (ms) => void story.push(`sleep ${ms}`),
    act: async () => {
      turn += 1
      if (turn === 2 || turn === 3) throw new Error('no')
      if (turn === 5) stopping.abort()
    },
    onFailure: (_, failures) => story.push(`failed ${failures}`),
    onRecovery: (failures) => story.push(`recovered after ${failures}`),
  })
  expect(story).toEqual([
    ...['sleep 10', 'failed 1', 'sleep 20', 'failed 2', 'sleep 40', 'recovered after 2', 'sleep 10', 'sleep 10'],
  ])
})

test('repeat: what fails because it was cut off is no failure', async () => {
  const stopping = new AbortController()
  const failures: unknown[] = []
  await repeat({
    everyMs: 10,
    signal: stopping.signal,
    sleep: async () => undefined,
    act: async () => {
      stopping.abort()
      throw new Error('cut off')
    },
    onFailure: (error) => failures.push(error),
    onRecovery: () => undefined,
  })
  expect(failures).toEqual([])
})

test('a loop that fails at every turn is an alarm after five minutes and three failures, until it goes on', () => {
  let minute = 0
  const now = () => minute * 60_000
  const alarms = createAlarms({ now, onChange: () => undefined })
  const loops = watchLoops({ now, alarms })
  const failAt = (at: number, loop: string, failures: number) => {
    minute = at
    loops.failed(loop, failures, new Error(`no ${loop}`))
    return alarms.standing.map(({ code, message }) => `${code}: ${message}`).join()
  }
  for (const failures of [1, 2, 3, 4, 5]) expect(failAt(failures - 1, 'settlement', failures)).toBe('')
  // Once an hour, and twice in vain.
  expect(failAt(4, 'keep_house', 1)).toBe('')
  expect(failAt(5, 'settlement', 6)).toBe('loop_failing: Fails at every turn: settlement for 5 min (no settlement).')
  expect(failAt(64, 'keep_house', 2)).not.toContain('keep_house')
  expect(failAt(124, 'keep_house', 3)).toContain('; keep_house for 120 min (no keep_house).')
  loops.recovered('settlement')
  loops.recovered('keep_house')
  expect(alarms.standing).toEqual([])
  expect(failAt(300, 'settlement', 1)).toBe('')
})
