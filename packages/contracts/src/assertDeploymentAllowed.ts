import type { Address } from 'viem'
import { ChainRefusedError } from './chainRefusedError.ts'
import { isPublishedAccount } from './isPublishedAccount.ts'

/** Chain id of a local anvil: the only chain on which published keys may hold anything. */
export const localChainId = 31337

/** Chain id of Polygon, where the token is real money. */
export const polygonChainId = 137

/**
 * Refuses published keys anywhere but on a local chain (M10): on a public chain anybody could sign with them.
 *
 * @throws ChainRefusedError `published_account`
 */
export function assertPrivateAccounts(parameters: { chainId: number; accounts: Record<string, Address> }): void {
  if (parameters.chainId === localChainId) return
  for (const [role, address] of Object.entries(parameters.accounts)) {
    if (!isPublishedAccount(address)) continue
    throw new ChainRefusedError(
      'published_account',
      `${role} ${address} is one of the accounts that anvil prints at every start; its key is public. ` +
        `Use a key of your own on chain ${parameters.chainId}.`,
    )
  }
}

/**
 * Refuses a deployment that could lose money: on Polygon's own chain without the operator's explicit word, or with
 * published keys off a local chain.
 *
 * @throws ChainRefusedError `mainnet_not_allowed` or `published_account`
 */
export function assertDeploymentAllowed(parameters: {
  chainId: number
  accounts: Record<string, Address>
  allowPolygon: boolean
}): void {
  if (parameters.chainId === polygonChainId && !parameters.allowPolygon) {
    throw new ChainRefusedError(
      'mainnet_not_allowed',
      'On Polygon (chain 137) the token is real money, and holding it for others is a matter of law where you are. ' +
        'Nothing is deployed there until you say so: set OBLIVION_ALLOW_POLYGON=true. Else use a local chain or Amoy (80002).',
    )
  }
  assertPrivateAccounts(parameters)
}
