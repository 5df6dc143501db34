import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/**
 * A customer as the contract sees it. Amounts in the token's smallest unit, times in seconds since the epoch.
 *
 * `chargeable` is what the daily cap lets a charge take now, whatever the escrow holds; `raisedCap` a higher cap that
 * counts from `raisedAt`; `exiting` what may be withdrawn between `exitRipeAt` and `exitLapsesAt`. Zeros where nothing
 * waits.
 */
export type CustomerOnChain = {
  escrow: bigint
  charged: bigint
  chargedFee: bigint
  dailyCap: bigint
  chargeable: bigint
  raisedCap: bigint
  raisedAt: bigint
  exiting: bigint
  exitRipeAt: bigint
  exitLapsesAt: bigint
}

/** Reads one customer's figures in one call, at one block where `blockNumber` is given. */
export function readCustomer(
  client: ReadClient,
  parameters: { settlement: Address; customer: Address; blockNumber?: bigint },
): Promise<CustomerOnChain> {
  const { settlement, customer, blockNumber } = parameters
  return readContract(client, {
    address: settlement,
    abi: settlementAbi,
    functionName: 'customerOf',
    args: [customer],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  })
}
