import type { NetworkStats } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

/**
 * The public figures of the network; needs no session.
 *
 * @throws what `Client.call` throws.
 */
export const getNetworkStats = async (client: Client, options: CallOptions = {}): Promise<NetworkStats> => {
  const call = 'get_network_stats'
  const stats = fieldsOf(call, await client.call(call, {}, options))
  const byType = stats.object('byType')
  return {
    online: stats.number('online'),
    working: stats.number('working'),
    byType: { browser: byType.number('browser'), server: byType.number('server'), python: byType.number('python') },
    pendingJobs: stats.number('pendingJobs'),
    processingJobs: stats.number('processingJobs'),
    tasksRunning: stats.number('tasksRunning'),
    chunksToday: stats.number('chunksToday'),
    chunksTotal: stats.number('chunksTotal'),
    medianWaitSeconds: stats.orNull('medianWaitSeconds', stats.number),
    feeBps: stats.number('feeBps'),
    asOf: stats.text('asOf'),
  }
}
