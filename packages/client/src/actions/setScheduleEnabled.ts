import type { Schedule } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readSchedule } from '../answers/readSchedule.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface SetScheduleEnabledParameters extends CallOptions {
  readonly scheduleId: string
  readonly enabled: boolean
}

/**
 * Turns one of the caller's schedules on or off. Safe to repeat.
 *
 * @throws {NotSignedInError} `OB001`, {ScheduleNotFoundError} `OB040`, and what `Client.call` throws.
 */
export const setScheduleEnabled = async (
  client: Client,
  parameters: SetScheduleEnabledParameters,
): Promise<Schedule> => {
  const { scheduleId, enabled, ...options } = parameters
  const call = 'set_schedule_enabled'
  const args = { p_schedule_id: scheduleId, p_enabled: enabled }
  return readSchedule(fieldsOf(call, await client.call(call, args, options)))
}
