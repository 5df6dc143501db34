import type { Address, Hash } from 'viem'
import { simulateContract, writeContract } from 'viem/actions'
import type { WriteClient } from '../clients.ts'
import { testUsdcAbi } from '../generated/testUsdc.ts'

/** Makes test money. Only the token's deployer may. */
export async function mintTestUsdc(
  client: WriteClient,
  parameters: { token: Address; to: Address; amount: bigint },
): Promise<Hash> {
  const { request } = await simulateContract(client, {
    account: client.account,
    address: parameters.token,
    abi: testUsdcAbi,
    functionName: 'mint',
    args: [parameters.to, parameters.amount],
  })
  return writeContract(client, request)
}
