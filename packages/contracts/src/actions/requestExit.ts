import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Asks to take `amount` of the sender's escrow back. It can be withdrawn after the contract's `exitDelay`, for `exitWindow`.
 *
 * @returns the transaction, sent but not waited for
 */
export async function requestExit(
  client: WriteClient,
  parameters: { settlement: Address; amount: bigint },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'requestExit',
    args: [parameters.amount],
  })
  return writeContract(client, request)
}
