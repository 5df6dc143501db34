import { type Address, type Hash, parseSignature } from 'viem'
import { getChainId, readContract, signTypedData, simulateContract, writeContract } from 'viem/actions'
import { settlementCallAbi } from '../callAbi.ts'
import type { WriteClient } from '../clients.ts'
import { testUsdcAbi } from '../generated/testUsdc.ts'

/**
 * Puts `amount` into the sender's escrow with a signed permit: one signature and one transaction, no approval left over.
 * The permit's domain is read from the token (name and version, as native USDC has them).
 *
 * @param parameters.deadline seconds since the epoch after which the permit is void
 * @returns the deposit's transaction, sent but not waited for
 */
export async function depositWithPermit(
  client: WriteClient,
  parameters: { settlement: Address; amount: bigint; deadline: bigint },
): Promise<Hash> {
  const { settlement, amount, deadline } = parameters
  const token = await readContract(client, { address: settlement, abi: settlementCallAbi, functionName: 'token' })
  const [name, version, nonce, chainId] = await Promise.all([
    readContract(client, { address: token, abi: testUsdcAbi, functionName: 'name' }),
    readContract(client, { address: token, abi: testUsdcAbi, functionName: 'version' }),
    readContract(client, { address: token, abi: testUsdcAbi, functionName: 'nonces', args: [client.account.address] }),
    getChainId(client),
  ])
  const signature = await signTypedData(client, {
    account: client.account,
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
    message: { owner: client.account.address, spender: settlement, value: amount, nonce, deadline },
  })
  const { r, s, yParity } = parseSignature(signature)
  const { request } = await simulateContract(client, {
    account: client.account,
    address: settlement,
    abi: settlementCallAbi,
    functionName: 'depositWithPermit',
    args: [amount, deadline, 27 + yParity, r, s],
  })
  return writeContract(client, request)
}
