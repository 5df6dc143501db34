import type { Address, Hash, Hex } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import type { Charge } from '../typedData.ts'

/**
 * Takes what customers owe out of their escrows; each row takes at most what its escrow holds.
 *
 * @param parameters.signature the settler's over {@link chargesTypedData}
 * @returns the transaction, sent but not waited for
 */
export async function charge(
  client: WriteClient,
  parameters: { settlement: Address; charges: readonly Charge[]; signature: Hex },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'charge',
    args: [parameters.charges, parameters.signature],
  })
  return writeContract(client, request)
}
