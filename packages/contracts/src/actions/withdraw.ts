import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Takes the sender's ripe exit: what was asked for, or what charges left of it.
 *
 * @returns the transaction, sent but not waited for
 */
export async function withdraw(client: WriteClient, parameters: { settlement: Address }): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'withdraw',
    args: [],
  })
  return writeContract(client, request)
}
