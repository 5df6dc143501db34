import { callForFlag } from '../answers/callForFlag.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface DeleteScheduleParameters extends CallOptions {
  readonly scheduleId: string
}

/**
 * Forgets one of the caller's schedules; tasks that it posted stay.
 *
 * @throws {NotSignedInError} `OB001`, {ScheduleNotFoundError} `OB040`, and what `Client.call` throws.
 */
export const deleteSchedule = async (client: Client, parameters: DeleteScheduleParameters): Promise<void> => {
  const { scheduleId, ...options } = parameters
  await callForFlag(client, 'delete_schedule', { p_schedule_id: scheduleId }, options)
}
