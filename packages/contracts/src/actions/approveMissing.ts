import { type Address, erc20Abi } from 'viem'
import { readContract, simulateContract, waitForTransactionReceipt, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'

/** Lets the contract take exactly `amount` of the sender's tokens, and waits for it, where it may take less now. */
export async function approveMissing(
  client: WriteClient,
  parameters: { settlement: Address; amount: bigint },
): Promise<void> {
  const { settlement, amount } = parameters
  const address = await readContract(client, { address: settlement, abi: settlementCallAbi, functionName: 'token' })
  const token = { address, abi: erc20Abi } as const
  const owner = client.account.address
  const allowance = await readContract(client, { ...token, functionName: 'allowance', args: [owner, settlement] })
  if (allowance >= amount) return
  const { request } = await simulateContract(client, {
    ...token,
    account: client.account,
    functionName: 'approve',
    args: [settlement, amount],
  })
  await waitForTransactionReceipt(client, { hash: await writeContract(client, request) })
}
