import type { ScheduleRun } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { maybePosted } from '../answers/maybePosted.ts'
import { readScheduleError } from '../answers/readSchedule.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface RunScheduleParameters extends CallOptions {
  readonly scheduleId: string
}

/**
 * Posts the task of one of the caller's schedules now, whether it is on or off.
 *
 * Not safe to repeat blindly: after `CallTimeoutError` the task may exist.
 *
 * @throws {NotSignedInError} `OB001`, {ScheduleNotFoundError} `OB040`, and what `Client.call` throws.
 */
export const runSchedule = async (client: Client, parameters: RunScheduleParameters): Promise<ScheduleRun> => {
  const { scheduleId, ...options } = parameters
  const call = 'run_schedule'
  const run = fieldsOf(call, await client.call(call, { p_schedule_id: scheduleId }, options).catch(maybePosted))
  return { taskId: run.orNull('taskId', run.text), error: readScheduleError(run, 'error') }
}
