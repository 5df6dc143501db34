import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/**
 * A provider as the contract sees it: all that it was ever paid, where its money goes, and where it will go from
 * `nextPayeeAt` on (seconds since the epoch; zeros where no change waits).
 */
export type ProviderOnChain = { settled: bigint; payee: Address; nextPayee: Address; nextPayeeAt: bigint }

/** Reads one provider's figures in one call, at one block where `blockNumber` is given. */
export function readProvider(
  client: ReadClient,
  parameters: { settlement: Address; provider: Address; blockNumber?: bigint },
): Promise<ProviderOnChain> {
  const { settlement, provider, blockNumber } = parameters
  return readContract(client, {
    address: settlement,
    abi: settlementAbi,
    functionName: 'providerOf',
    args: [provider],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  })
}
