import type { Address, Hash, Hex } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import type { Charge, Voucher } from '../typedData.ts'

/**
 * Charges customers, then pays providers, in one transaction under one signature.
 *
 * @param parameters.signature the settler's over {@link settlementTypedData}
 * @returns the transaction, sent but not waited for
 */
export async function settleBatch(
  client: WriteClient,
  parameters: {
    settlement: Address
    charges: readonly Charge[]
    vouchers: readonly Voucher[]
    signature: Hex
  },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'settleBatch',
    args: [parameters.charges, parameters.vouchers, parameters.signature],
  })
  return writeContract(client, request)
}
