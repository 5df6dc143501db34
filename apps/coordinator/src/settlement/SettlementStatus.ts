import type { SettlementInstance } from '../database/ledger.ts'

/** Where settlement stands: blocks as the last turn saw them. */
export type SettlementPosition = {
  instanceId: bigint
  chainId: number
  contractAddress: SettlementInstance['contractAddress']
  cursorBlock: bigint
  finalizedBlock: bigint | null
  /** The last block at which ledger and chain were found equal by this process. */
  reconciledBlock: bigint | null
}

/** The relayer as the last turn saw it: what it holds for gas (null: not looked yet), how often a waiting batch was signed. */
export type RelayPosition = { balanceWei: bigint | null; tries: number }

/**
 * What settlement is doing. `standby`: another coordinator settles; `waiting`: no contract was opened yet; `keyless`: the
 * chain is booked, and nothing is charged, paid or vouched for, since the contract would refuse this settler's signature.
 */
export type SettlementStatus =
  | { state: 'starting' | 'standby' | 'waiting' }
  | ({ state: 'settling' } & SettlementPosition)
  | ({ state: 'keyless' | 'halted'; reason: string } & SettlementPosition)
