import type { CallOptions, Client } from '../Client.ts'

export interface HaltPayoutsParameters extends CallOptions {
  /** 1 to 200 characters; customers and providers read it. */
  readonly reason: string
}

/**
 * As an operator: stops charges, vouchers, payouts, new tasks and those that real money pays until `resumePayouts`. What is
 * earned stays earned.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {NoSettlementInstanceError} `OB012`,
 *   {SettlementHaltedError} `OB015` where they have stopped by themselves already, {ForbiddenError} `OB018`, and what
 *   `Client.call` throws.
 */
export const haltPayouts = async (client: Client, parameters: HaltPayoutsParameters): Promise<void> => {
  const { reason, ...options } = parameters
  await client.call('operator_halt', { p_reason: reason }, options)
}
