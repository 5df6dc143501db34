import { getTask, listTasks, myBalance } from '@oblivion/client'
import { queryOptions } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import type { Config } from '../shell/config.ts'

export function tasksQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['tasks', address],
    queryFn: ({ signal }) => listTasks(walletClient(config, address), { limit: 50, signal }),
    refetchInterval: 3000,
  })
}

/** One task with the state of each chunk. Realtime hints refresh it sooner; the poll holds where they do not come. */
export function taskQuery(config: Config, address: string, taskId: string) {
  return queryOptions({
    queryKey: ['task', address, taskId],
    queryFn: ({ signal }) => getTask(walletClient(config, address), { taskId, signal }),
    refetchInterval: (query) => (query.state.data && query.state.data.finishedAt !== null ? false : 5000),
  })
}

export function balanceQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['balance', address],
    queryFn: ({ signal }) => myBalance(walletClient(config, address), { signal }),
    refetchInterval: 4000,
  })
}
