import { type Address, erc20Abi } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'

/** How much of a token an account holds in its wallet, in the token's smallest unit. */
export function readTokenBalance(client: ReadClient, parameters: { token: Address; owner: Address }): Promise<bigint> {
  return readContract(client, {
    address: parameters.token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [parameters.owner],
  })
}
