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

/** What settlement is doing. `standby`: another coordinator settles; `waiting`: no contract was opened yet. */
export type SettlementStatus =
  | { state: 'starting' | 'standby' | 'waiting' }
  | ({ state: 'settling' } & SettlementPosition)
  | ({ state: 'halted'; reason: string } & SettlementPosition)
