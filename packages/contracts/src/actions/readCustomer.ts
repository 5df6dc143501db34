import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/** A customer as the contract sees it: what is in escrow, what was ever taken, and the part of that which was fees. */
export type CustomerOnChain = { escrow: bigint; charged: bigint; chargedFee: bigint }

/** Reads one customer's figures, at one block where `blockNumber` is given. */
export async function readCustomer(
  client: ReadClient,
  parameters: { settlement: Address; customer: Address; blockNumber?: bigint },
): Promise<CustomerOnChain> {
  const { settlement, customer, blockNumber } = parameters
  const read = (functionName: 'escrowOf' | 'chargedOf' | 'chargedFeeOf') =>
    readContract(client, {
      address: settlement,
      abi: settlementAbi,
      functionName,
      args: [customer],
      ...(blockNumber === undefined ? {} : { blockNumber }),
    })
  const [escrow, charged, chargedFee] = await Promise.all([read('escrowOf'), read('chargedOf'), read('chargedFeeOf')])
  return { escrow, charged, chargedFee }
}
