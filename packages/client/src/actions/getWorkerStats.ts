import type { WorkerStats } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * The workers of the network, with shortened addresses; needs no session.
 *
 * @throws what `Client.call` throws.
 */
export const getWorkerStats = async (client: Client, options: CallOptions = {}): Promise<WorkerStats[]> => {
  const call = 'get_worker_stats'
  return readList(call, await client.call(call, {}, options), (row) => ({
    worker: row.text('worker'),
    worker_type: row.oneOf('worker_type', ['browser', 'server', 'python']),
    online: row.flag('online'),
    current_jobs: row.number('current_jobs'),
    max_jobs: row.number('max_jobs'),
    total_jobs_completed: row.number('total_jobs_completed'),
    last_seen: row.text('last_seen'),
  }))
}
