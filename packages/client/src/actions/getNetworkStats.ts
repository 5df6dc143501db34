import type { NetworkStats } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readSeries } from '../answers/readSeries.ts'
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
  const series = stats.object('series')
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
    fairness: stats.orNull('fairness', stats.number),
    feeBps: stats.number('feeBps'),
    defaultPricePerHour: stats.orNull('defaultPricePerHour', stats.amount),
    asOf: stats.text('asOf'),
    // An older database does not say it.
    ageSeconds: stats.orNull('ageSeconds', stats.number) ?? 0,
    series: {
      '1h': readSeries(call, series.object('1h'), 'series.1h'),
      '24h': readSeries(call, series.object('24h'), 'series.24h'),
      '7d': readSeries(call, series.object('7d'), 'series.7d'),
    },
  }
}
