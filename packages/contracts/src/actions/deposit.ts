import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import { approveMissing } from './approveMissing.ts'

/**
 * Puts `amount` into the sender's escrow, approving exactly that amount first where the allowance is too small; a smart
 * wallet's way too. For tokens with EIP-2612, `depositWithPermit` needs one transaction in place of two. It ends an exit
 * that the sender has asked for.
 *
 * @returns the transaction, sent but not waited for
 */
export async function deposit(client: WriteClient, parameters: { settlement: Address; amount: bigint }): Promise<Hash> {
  await approveMissing(client, parameters)
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.settlement,
    abi: settlementCallAbi,
    functionName: 'deposit',
    args: [parameters.amount],
  })
  return writeContract(client, request)
}
