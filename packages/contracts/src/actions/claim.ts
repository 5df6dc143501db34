import type { Address, Hash, Hex } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import type { Voucher } from '../typedData.ts'

/**
 * Pays a provider what its voucher adds to what it was paid before. Whoever sends this, the provider is paid.
 *
 * @returns the transaction, sent but not waited for
 */
export async function claim(
  client: WriteClient,
  parameters: { settlement: Address; signature: Hex } & Voucher,
): Promise<Hash> {
  const { settlement, provider, cumulative, signature } = parameters
  const { request } = await simulateContract(client, {
    account: client.account,
    address: settlement,
    abi: settlementCallAbi,
    functionName: 'claim',
    args: [provider, cumulative, signature],
  })
  return writeContract(client, request)
}
