import type { Schedule } from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { plural } from '../format/plural.ts'

/** How a schedule stands. */
export function scheduleState(schedule: Pick<Schedule, 'enabled' | 'failures' | 'lastError'>): {
  meaning: Meaning
  word: string
} {
  if (!schedule.enabled) {
    return schedule.failures >= 10 ? { meaning: 'fail', word: 'Stopped' } : { meaning: 'rest', word: 'Paused' }
  }
  return schedule.lastError === null
    ? { meaning: 'work', word: 'On' }
    : { meaning: 'wait', word: 'On, last run failed' }
}

const units = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const

/** When a schedule runs. @example rhythmOf({ everySeconds: 5400, cron: null }) // 'every 90 minutes' */
export function rhythmOf({ everySeconds, cron }: Pick<Schedule, 'everySeconds' | 'cron'>): string {
  if (everySeconds === null) return `${cron} (UTC)`
  const [size, word] = units.find(([seconds]) => everySeconds % seconds === 0) ?? [1, 'second']
  const count = everySeconds / size
  return count === 1 ? `every ${word}` : `every ${plural(count, word)}`
}

/** How a list of schedules stands, in one sentence. */
export function schedulesSentence(schedules: readonly Pick<Schedule, 'enabled'>[]): string {
  const on = schedules.filter(({ enabled }) => enabled).length
  if (schedules.length === 0) return 'You have no schedule yet.'
  if (on === 0) return 'No schedule is on.'
  return on === 1 ? 'One schedule is on.' : `${on} schedules are on.`
}
