import type { Address } from 'viem'
import { multicall } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'
import type { CustomerOnChain } from './readCustomer.ts'

/**
 * The call brings the code that gathers them and answers in place of a contract's code, which is 24,576 bytes at most
 * (EIP-170); a customer takes 448 of them.
 */
const MOST_AT_ONCE = 50

/** Reads many customers' figures, fifty a request, in their order; at one block where `blockNumber` is given. */
export async function readCustomers(
  client: ReadClient,
  parameters: { settlement: Address; customers: readonly Address[]; blockNumber?: bigint },
): Promise<Array<CustomerOnChain & { customer: Address }>> {
  const { settlement: address, customers, blockNumber } = parameters
  const read = []
  for (let first = 0; first < customers.length; first += MOST_AT_ONCE) {
    const part = customers.slice(first, first + MOST_AT_ONCE)
    const call = { address, abi: settlementAbi, functionName: 'customerOf' } as const
    const shown = await multicall(client, {
      contracts: part.map((customer) => ({ ...call, args: [customer] as const })),
      ...{ allowFailure: false, deployless: true, batchSize: 0 },
      ...(blockNumber === undefined ? {} : { blockNumber }),
    })
    for (const [index, customer] of part.entries()) {
      const figures = shown[index]
      if (figures !== undefined) read.push({ ...figures, customer })
    }
  }
  return read
}
