import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Sends the sender's pay to another address from a day from now on; naming the payee of now ends a change that waits.
 *
 * @returns the transaction, sent but not waited for
 */
export async function setPayee(
  client: WriteClient,
  parameters: { settlement: Address; payee: Address },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'setPayee',
    args: [parameters.payee],
  })
  return writeContract(client, request)
}
