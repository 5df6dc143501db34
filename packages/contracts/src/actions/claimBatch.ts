import type { Address, Hash, Hex } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import type { Voucher } from '../typedData.ts'

/**
 * Pays many providers under one signature. A row that cannot be paid is skipped and stays owed.
 *
 * @param parameters.signature the settler's over {@link vouchersTypedData}
 * @returns the transaction, sent but not waited for
 */
export async function claimBatch(
  client: WriteClient,
  parameters: { settlement: Address; vouchers: readonly Voucher[]; signature: Hex },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'claimBatch',
    args: [parameters.vouchers, parameters.signature],
  })
  return writeContract(client, request)
}
