import type { Schedule, ScheduleError } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

export const readSchedule = (schedule: Fields): Schedule => ({
  scheduleId: schedule.text('scheduleId'),
  name: schedule.text('name'),
  title: schedule.text('title'),
  enabled: schedule.flag('enabled'),
  everySeconds: schedule.orNull('everySeconds', schedule.number),
  cron: schedule.orNull('cron', schedule.text),
  skipWhileRunning: schedule.flag('skipWhileRunning'),
  nextRunAt: schedule.orNull('nextRunAt', schedule.text),
  lastRunAt: schedule.orNull('lastRunAt', schedule.text),
  lastTaskId: schedule.orNull('lastTaskId', schedule.text),
  lastError: readScheduleError(schedule, 'lastError'),
  runs: schedule.number('runs'),
  failures: schedule.number('failures'),
  createdAt: schedule.text('createdAt'),
})

export const readScheduleError = (fields: Fields, field: string): ScheduleError | null =>
  fields.orNull(field, (name) => {
    const error = fields.object(name)
    return { code: error.text('code'), message: error.text('message') }
  })
