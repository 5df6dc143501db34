import { myEarnings } from '@oblivion/client'
import { queryOptions } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import type { Config } from '../shell/config.ts'

/** What a wallet has earned; read every four seconds while somebody looks. */
export function earningsQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['earnings', address],
    queryFn: ({ signal }) => myEarnings(walletClient(config, address), { signal }),
    refetchInterval: 4000,
  })
}
