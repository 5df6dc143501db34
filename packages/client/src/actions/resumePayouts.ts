import type { CallOptions, Client } from '../Client.ts'

/**
 * As an operator: undoes `haltPayouts`; they go on once the coordinator has found ledger and contract equal. What ledger
 * or chain have stopped goes on by itself. Safe to repeat.
 *
 * @throws {NotSignedInError} `OB001`, {NoSettlementInstanceError} `OB012`, {SettlementHaltedError} `OB015` where no
 *   operator stopped it, {ForbiddenError} `OB018`, and what `Client.call` throws.
 */
export const resumePayouts = async (client: Client, options: CallOptions = {}): Promise<void> => {
  await client.call('operator_resume', {}, options)
}
