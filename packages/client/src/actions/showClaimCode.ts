import type { VisitorClaim } from '@oblivion/core'
import { readClaim } from '../answers/readClaim.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface ClaimCodeParameters extends CallOptions {
  /** As the badge on the site gave it. */
  readonly code: string
}

/**
 * What a visitor's claim code stands for, without using it.
 *
 * @throws {ClaimCodeInvalidError} `OB082`, and what `Client.call` throws.
 */
export const showClaimCode = async (client: Client, parameters: ClaimCodeParameters): Promise<VisitorClaim> => {
  const { code, ...options } = parameters
  const call = 'show_claim_code'
  return readClaim(call, await client.call(call, { p_code: code }, options))
}
