import type { Schedule } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import { readSchedule } from '../answers/readSchedule.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * The caller's schedules, oldest first.
 *
 * @throws {NotSignedInError} `OB001`, and what `Client.call` throws.
 */
export const listSchedules = async (client: Client, options: CallOptions = {}): Promise<Schedule[]> =>
  readList('list_schedules', await client.call('list_schedules', {}, options), readSchedule)
