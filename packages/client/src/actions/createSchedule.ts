import type { Schedule, ScheduleDraft } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readSchedule } from '../answers/readSchedule.ts'
import { taskDeadlineMs, writeTask } from '../answers/writeTask.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface CreateScheduleParameters extends CallOptions {
  readonly schedule: ScheduleDraft
}

/**
 * Keeps a task to be posted again and again. Turn it on with `setScheduleEnabled`; each run holds its budget then. It is given
 * up after 60,000 ms by default.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {NotSupportedError} `OB006`,
 *   {ForeignUrlError} `OB009`, {BudgetTooSmallError} `OB013`, {TooManyError} `OB014`, and what `Client.call` throws.
 */
export const createSchedule = async (client: Client, parameters: CreateScheduleParameters): Promise<Schedule> => {
  const { schedule, ...options } = parameters
  const call = 'create_schedule'
  const p_schedule = { ...schedule, task: writeTask(schedule.task) }
  const limits = { deadlineMs: taskDeadlineMs, ...options }
  return readSchedule(fieldsOf(call, await client.call(call, { p_schedule }, limits)))
}
