import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Ends the sender's exit; the money stays in escrow.
 *
 * @returns the transaction, sent but not waited for
 */
export async function cancelExit(client: WriteClient, parameters: { settlement: Address }): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'cancelExit',
    args: [],
  })
  return writeContract(client, request)
}
