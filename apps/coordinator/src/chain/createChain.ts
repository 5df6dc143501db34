import type { ReadClient, WriteClient } from '@oblivion/contracts'
import { createClient, defineChain, type Transport } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'

/** A connection to the chain's node. */
export type Chain = {
  readonly reader: ReadClient
  /** A client that sends as `account`, signing for `chainId`. */
  writer(account: PrivateKeyAccount, chainId: number): WriteClient
}

/** Nothing is asked yet: a chain that is away shows at the first request. */
export function createChain(parameters: { transport: Transport; pollingMs: number }): Chain {
  const { transport, pollingMs } = parameters
  // Without a cache each turn sees the chain as it is now.
  const options = { transport, pollingInterval: pollingMs, cacheTime: 0 }
  return {
    reader: createClient(options),
    writer: (account, chainId) =>
      createClient({
        ...options,
        account,
        chain: defineChain({
          id: chainId,
          name: `chain ${chainId}`,
          nativeCurrency: { name: 'POL', symbol: 'POL', decimals: 18 },
          // Requests go through the transport; this list is for wallets.
          rpcUrls: { default: { http: [] } },
        }),
      }),
  }
}
