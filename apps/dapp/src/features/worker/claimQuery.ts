import { explainClaim } from '@oblivion/client'
import { queryOptions } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import type { Config } from '../shell/config.ts'

/** Why a node gets nothing. Asked only while it waits; it takes no job and is no sign of life. */
export function claimQuery(config: Config, address: string, nodeId: string) {
  return queryOptions({
    queryKey: ['claim', address, nodeId],
    queryFn: ({ signal }) => explainClaim(walletClient(config, address), { nodeId, signal }),
    refetchInterval: 10_000,
  })
}
