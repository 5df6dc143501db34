import type { Address } from 'viem'
import type { WriteClient } from './clients.ts'
import { type Deployment, deployContract } from './deployContract.ts'
import { settlementAbi, settlementBytecode } from './generated/settlement.ts'

/**
 * Deploys the settlement contract.
 *
 * @param parameters.token native USDC, or the test token
 * @param parameters.settler whose signature makes charges and vouchers
 * @throws ChainRefusedError on chain 137, and for published keys off a local chain
 */
export function deploySettlement(
  client: WriteClient,
  parameters: { token: Address; settler: Address },
): Promise<Deployment> {
  return deployContract(client, {
    abi: settlementAbi,
    bytecode: settlementBytecode,
    args: [parameters.token, parameters.settler],
    accounts: { settler: parameters.settler },
  })
}
