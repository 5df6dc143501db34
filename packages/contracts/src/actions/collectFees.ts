import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Sends the fees that were charged so far to the treasury. Whoever sends this, only the treasury is paid.
 *
 * @returns the transaction, sent but not waited for
 */
export async function collectFees(client: WriteClient, parameters: { settlement: Address }): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'collectFees',
    args: [],
  })
  return writeContract(client, request)
}
