import { chunkAttempts, getTask, listSchedules, listTasks, myBalance, taskInputs, taskResults } from '@oblivion/client'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import type { Config } from '../shell/config.ts'
import { readFailures } from './readFailures.ts'

export function tasksQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['tasks', address],
    queryFn: ({ signal }) => listTasks(walletClient(config, address), { limit: 50, signal }),
    refetchInterval: 3000,
  })
}

export function schedulesQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['schedules', address],
    queryFn: ({ signal }) => listSchedules(walletClient(config, address), { signal }),
    refetchInterval: 5000,
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

/** Results by chunk, a page at a time; `stage` is undefined where the task has one. */
export function resultsQuery(config: Config, address: string, taskId: string, stage: number | undefined) {
  return infiniteQueryOptions({
    queryKey: ['results', address, taskId, stage ?? 0],
    queryFn: ({ pageParam, signal }) =>
      taskResults(walletClient(config, address), { taskId, stage, after: pageParam, limit: 25, signal }),
    initialPageParam: -1,
    getNextPageParam: ({ next }) => next,
  })
}

/** Why these chunks failed, a page of them: another page as soon as one more has failed. */
export function failuresQuery(config: Config, address: string, taskId: string, indexes: readonly number[]) {
  return queryOptions({
    queryKey: ['failures', address, taskId, ...indexes],
    queryFn: ({ signal }) => readFailures(walletClient(config, address), { taskId, indexes, signal }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  })
}

/** How one chunk was tried: another answer as soon as its state is another one, and until then that of before. */
export function attemptsQuery(config: Config, address: string, taskId: string, index: number, letter: string) {
  return queryOptions({
    queryKey: ['attempts', address, taskId, index, letter],
    queryFn: ({ signal }) => chunkAttempts(walletClient(config, address), { taskId, chunkIndex: index, signal }),
    // What waits may have been taken and given back between two looks at the task.
    refetchInterval: 'bpr'.includes(letter) ? 5000 : false,
    placeholderData: (before, query) => (query?.queryKey[3] === index ? before : undefined),
  })
}

/** What goes into one chunk and what came out of it so far: the latter is asked for again as soon as its state is another one. */
export function itemsQuery(config: Config, address: string, taskId: string, index: number, letter: string) {
  return queryOptions({
    queryKey: ['items', address, taskId, index, letter],
    queryFn: async ({ signal }) => {
      const client = walletClient(config, address)
      const [{ inputs }, { results }] = await Promise.all([
        taskInputs(client, { taskId, after: index - 1, limit: 1, signal }),
        // Nothing of what is not over yet is told.
        'bpr'.includes(letter) ? { results: [] } : taskResults(client, { taskId, chunks: [index], signal }),
      ])
      return { input: inputs.find(({ chunkIndex }) => chunkIndex === index)?.input, results }
    },
    staleTime: 60_000,
    placeholderData: (before, query) => (query?.queryKey[3] === index ? before : undefined),
  })
}

export function balanceQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['balance', address],
    queryFn: ({ signal }) => myBalance(walletClient(config, address), { signal }),
    refetchInterval: 4000,
  })
}
