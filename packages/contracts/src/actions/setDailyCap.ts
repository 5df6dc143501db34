import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Sets the most that charges may take from the sender in a day, in the token's smallest unit. A lower cap counts at once,
 * a higher one a day later.
 *
 * @returns the transaction, sent but not waited for
 */
export async function setDailyCap(
  client: WriteClient,
  parameters: { settlement: Address; dailyCap: bigint },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'setDailyCap',
    args: [parameters.dailyCap],
  })
  return writeContract(client, request)
}
