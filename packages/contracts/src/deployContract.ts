import { type Abi, type Address, getAddress, type Hash, type Hex } from 'viem'
import { getChainId, deployContract as send, waitForTransactionReceipt } from 'viem/actions'
import { assertDeploymentAllowed } from './assertDeploymentAllowed.ts'
import type { WriteClient } from './clients.ts'

/** Where a contract came to be. `blockNumber` is where an indexer starts. */
export type Deployment = { address: Address; transactionHash: Hash; blockNumber: bigint }

/**
 * Deploys one contract and waits for its receipt. The chain id is the node's own answer, not what the client believes.
 *
 * @throws ChainRefusedError see {@link assertDeploymentAllowed}
 */
export async function deployContract(
  client: WriteClient,
  parameters: {
    abi: Abi
    bytecode: Hex
    args: readonly unknown[]
    accounts: Record<string, Address>
    allowPolygon: boolean
  },
): Promise<Deployment> {
  const { abi, bytecode, args, accounts, allowPolygon } = parameters
  const chainId = await getChainId(client)
  assertDeploymentAllowed({ chainId, accounts: { deployer: client.account.address, ...accounts }, allowPolygon })
  const hash = await send(client, { abi, bytecode, args, account: client.account, chain: client.chain })
  const receipt = await waitForTransactionReceipt(client, { hash })
  if (receipt.status !== 'success' || !receipt.contractAddress) {
    throw new Error(`the deployment ${hash} was mined but failed`)
  }
  // Receipts give lower case; screens and comparisons want the checksummed form that reads answer.
  return { address: getAddress(receipt.contractAddress), transactionHash: hash, blockNumber: receipt.blockNumber }
}
