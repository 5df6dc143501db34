import type { VisitorClaim } from '@oblivion/core'
import { readClaim } from '../answers/readClaim.ts'
import type { Client } from '../Client.ts'
import type { ClaimCodeParameters } from './showClaimCode.ts'

/**
 * Binds the signed-in wallet to what a visitor without a wallet earned and will earn on a site. The first wallet wins,
 * and waits 24 hours for the money.
 *
 * @throws {NotSignedInError} `OB001`, {ClaimCodeInvalidError} `OB082`, {AlreadyBoundError} `OB083`, and what `Client.call`
 *   throws.
 */
export const redeemClaimCode = async (client: Client, parameters: ClaimCodeParameters): Promise<VisitorClaim> => {
  const { code, ...options } = parameters
  const call = 'redeem_claim_code'
  return readClaim(call, await client.call(call, { p_code: code }, options))
}
