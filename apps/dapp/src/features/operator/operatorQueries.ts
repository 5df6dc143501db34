import { operatorNode, operatorNodes, operatorOverview } from '@oblivion/client'
import { ForbiddenError, NodeNotFoundError } from '@oblivion/core'
import { queryOptions } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import type { Config } from '../shell/config.ts'
import { readHealth } from './readHealth.ts'

const everyMilliseconds = 5000
/** Less than the time to the next look: a coordinator that hangs is one that does not answer. */
const mostMilliseconds = 4000

/** Refused for good to a wallet that is no operator, so it is not asked again and again. */
export function overviewQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['operator', 'overview', address],
    queryFn: ({ signal }) => operatorOverview(walletClient(config, address), { signal }),
    refetchInterval: ({ state }) => (state.error instanceof ForbiddenError ? false : everyMilliseconds),
  })
}

export function nodesQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['operator', 'nodes', address],
    queryFn: ({ signal }) => operatorNodes(walletClient(config, address), { signal }),
    refetchInterval: ({ state }) => (state.error instanceof ForbiddenError ? false : everyMilliseconds),
  })
}

export function nodeQuery(config: Config, address: string, nodeId: string) {
  return queryOptions({
    queryKey: ['operator', 'node', address, nodeId],
    queryFn: ({ signal }) => operatorNode(walletClient(config, address), { nodeId, signal }),
    retry: (failures, error) => !isFinal(error) && failures < 3,
    refetchInterval: ({ state }) => (isFinal(state.error) ? false : everyMilliseconds),
  })
}

const isFinal = (error: unknown): boolean => error instanceof ForbiddenError || error instanceof NodeNotFoundError

/** The coordinator's own word, from the process itself: it holds when the database does not answer. */
export function healthQuery(config: Config) {
  return queryOptions({
    queryKey: ['operator', 'health'],
    queryFn: async ({ signal }) => {
      const ends = AbortSignal.any([signal, AbortSignal.timeout(mostMilliseconds)])
      const answer = await fetch(`${config.apiUrl}/healthz`, { signal: ends, cache: 'no-store' })
      return readHealth(await answer.json())
    },
    refetchInterval: everyMilliseconds,
  })
}
