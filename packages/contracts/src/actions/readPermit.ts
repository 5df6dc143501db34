import type { Address } from 'viem'
import { getChainId, readContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { ReadClient } from '../clients.ts'
import { testUsdcAbi } from '../generated/testUsdc.ts'

/**
 * What `owner` signs so that the contract may take exactly `amount` of its tokens, once (EIP-2612). The domain is read from
 * the token: name and version, as native USDC has them.
 *
 * @param parameters.deadline seconds since the epoch after which the permit is void
 * @throws where the token has no permits
 */
export async function readPermit(
  client: ReadClient,
  parameters: { settlement: Address; owner: Address; amount: bigint; deadline: bigint },
) {
  const { settlement, owner, amount, deadline } = parameters
  const token = await readContract(client, { address: settlement, abi: settlementCallAbi, functionName: 'token' })
  const [name, version, nonce, chainId] = await Promise.all([
    readContract(client, { address: token, abi: testUsdcAbi, functionName: 'name' }),
    readContract(client, { address: token, abi: testUsdcAbi, functionName: 'version' }),
    readContract(client, { address: token, abi: testUsdcAbi, functionName: 'nonces', args: [owner] }),
    getChainId(client),
  ])
  return {
    domain: { name, version, chainId, verifyingContract: token },
    types: {
      Permit: [
        { name: 'owner', type: 'address' },
        { name: 'spender', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'nonce', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    primaryType: 'Permit',
    message: { owner, spender: settlement, value: amount, nonce, deadline },
  } as const
}
