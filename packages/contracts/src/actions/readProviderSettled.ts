import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/** All that a provider was ever paid by this contract. A voucher pays only what it adds to this. */
export function readProviderSettled(
  client: ReadClient,
  parameters: { settlement: Address; provider: Address; blockNumber?: bigint },
): Promise<bigint> {
  const { settlement, provider, blockNumber } = parameters
  return readContract(client, {
    address: settlement,
    abi: settlementAbi,
    functionName: 'settledOf',
    args: [provider],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  })
}
