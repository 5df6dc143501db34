import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import { approveMissing } from './approveMissing.ts'

/**
 * Puts `amount` of the sender's tokens into the pool, so that every provider is paid after a loss. Approves exactly what
 * is missing.
 *
 * @returns the transaction, sent but not waited for
 */
export async function topUp(client: WriteClient, parameters: { settlement: Address; amount: bigint }): Promise<Hash> {
  await approveMissing(client, parameters)
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'topUp',
    args: [parameters.amount],
  })
  return writeContract(client, request)
}
