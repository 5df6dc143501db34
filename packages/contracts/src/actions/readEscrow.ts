import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/** What a customer has deposited and was not charged yet. */
export function readEscrow(
  client: ReadClient,
  parameters: { settlement: Address; customer: Address; blockNumber?: bigint },
): Promise<bigint> {
  const { settlement, customer, blockNumber } = parameters
  return readContract(client, {
    address: settlement,
    abi: settlementAbi,
    functionName: 'escrowOf',
    args: [customer],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  })
}
