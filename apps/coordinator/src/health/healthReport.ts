import type { SettlementStatus } from '../settlement/SettlementStatus.ts'
import type { PartHealth } from './watchPart.ts'

/** What the health endpoint answers. Blocks as numbers; amounts are not part of it. */
export type HealthReport = {
  status: 'ok' | 'degraded'
  database: PartHealth
  chain: PartHealth
  settlement: {
    state: SettlementStatus['state']
    reason: string | null
    instanceId: number | null
    chainId: number | null
    contractAddress: string | null
    cursorBlock: number | null
    finalizedBlock: number | null
    /** Finalized blocks that are not booked yet. */
    finalityLag: number | null
    reconciledBlock: number | null
  }
}

/** Degraded: somebody should look. Standing by, or having no contract yet, is none of that. */
export function healthReport(parts: {
  database: PartHealth
  chain: PartHealth
  settlement: SettlementStatus
}): HealthReport {
  const { database, chain, settlement } = parts
  const position = settlement.state === 'settling' || settlement.state === 'halted' ? settlement : null
  const lag = position?.finalizedBlock == null ? null : Number(position.finalizedBlock - position.cursorBlock)
  const down = database.state === 'down' || chain.state === 'down' || settlement.state === 'halted'
  return {
    status: down ? 'degraded' : 'ok',
    database,
    chain,
    settlement: {
      state: settlement.state,
      reason: settlement.state === 'halted' ? settlement.reason : null,
      instanceId: numberOf(position?.instanceId),
      chainId: position?.chainId ?? null,
      contractAddress: position?.contractAddress ?? null,
      cursorBlock: numberOf(position?.cursorBlock),
      finalizedBlock: numberOf(position?.finalizedBlock),
      finalityLag: lag,
      reconciledBlock: numberOf(position?.reconciledBlock),
    },
  }
}

const numberOf = (value: bigint | null | undefined): number | null => (value == null ? null : Number(value))
