import type { Address, Hash } from 'viem'
import { erc20Abi } from 'viem'
import { readContract, simulateContract, waitForTransactionReceipt, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/**
 * Puts `amount` into the sender's escrow, approving exactly that amount first where the allowance is too small.
 * For tokens with EIP-2612, `depositWithPermit` needs one transaction in place of two.
 *
 * @returns the deposit's transaction, sent but not waited for
 */
export async function deposit(client: WriteClient, parameters: { settlement: Address; amount: bigint }): Promise<Hash> {
  const { settlement, amount } = parameters
  const token = await readContract(client, { address: settlement, abi: settlementCallAbi, functionName: 'token' })
  const allowance = await readContract(client, {
    address: token,
    abi: erc20Abi,
    functionName: 'allowance',
    args: [client.account.address, settlement],
  })
  if (allowance < amount) {
    const { request } = await simulateContract(client, {
      account: client.account,
      address: token,
      abi: erc20Abi,
      functionName: 'approve',
      args: [settlement, amount],
    })
    await waitForTransactionReceipt(client, { hash: await writeContract(client, request) })
  }
  const { request } = await simulateContract(client, {
    account: client.account,
    address: settlement,
    abi: settlementCallAbi,
    functionName: 'deposit',
    args: [amount],
  })
  return writeContract(client, request)
}
