import { getNetworkStats, getWorkerStats } from '@oblivion/client'
import { queryOptions } from '@tanstack/react-query'
import { publicClient } from '../api/publicClient.ts'
import type { Config } from '../shell/config.ts'

/** Often enough to feel live; the server keeps its figures for a moment, and a hidden tab does not ask at all. */
export const everyMilliseconds = 2000

export function networkStatsQuery(config: Config) {
  return queryOptions({
    queryKey: ['network', 'stats'],
    queryFn: ({ signal }) => getNetworkStats(publicClient(config), { signal }),
    refetchInterval: everyMilliseconds,
  })
}

export function workerStatsQuery(config: Config) {
  return queryOptions({
    queryKey: ['network', 'workers'],
    queryFn: ({ signal }) => getWorkerStats(publicClient(config), { signal }),
    refetchInterval: everyMilliseconds,
  })
}
