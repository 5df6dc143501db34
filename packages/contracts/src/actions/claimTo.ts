import type { Address, Hash, Hex } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Pays the sender's own voucher to `to`, at once and whatever payee is set.
 *
 * @returns the transaction, sent but not waited for
 */
export async function claimTo(
  client: WriteClient,
  parameters: { settlement: Address; to: Address; cumulative: bigint; signature: Hex },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'claimTo',
    args: [parameters.to, parameters.cumulative, parameters.signature],
  })
  return writeContract(client, request)
}
