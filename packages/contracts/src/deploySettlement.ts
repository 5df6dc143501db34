import type { Address } from 'viem'
import type { WriteClient } from './clients.ts'
import { type Deployment, deployContract } from './deployContract.ts'
import { settlementAbi, settlementBytecode } from './generated/settlement.ts'
import type { SettlementTerms } from './settlementTerms.ts'

/** The accounts of a contract: settler, guardian and admin have to be three; the treasury only receives. */
export type SettlementRoles = { settler: Address; guardian: Address; admin: Address; treasury: Address }

/**
 * Deploys the settlement contract.
 *
 * @param parameters.token native USDC, or the test token
 * @param parameters.terms see {@link settlementTerms} for those of each chain
 * @param parameters.allowPolygon the operator's explicit word for chain 137
 * @throws ChainRefusedError on chain 137 without that word, and for published keys off a local chain
 */
export function deploySettlement(
  client: WriteClient,
  parameters: { token: Address; roles: SettlementRoles; terms: SettlementTerms; allowPolygon?: boolean },
): Promise<Deployment> {
  const { token, roles, terms, allowPolygon = false } = parameters
  return deployContract(client, {
    abi: settlementAbi,
    bytecode: settlementBytecode,
    args: [token, roles, terms],
    accounts: roles,
    allowPolygon,
  })
}
