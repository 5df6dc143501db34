import type { RelayPosition, SettlementStatus } from '../settlement/SettlementStatus.ts'
import type { Alarm } from './alarms.ts'
import type { PartHealth } from './watchPart.ts'

/** How deep the queue is, a moment old. */
export type QueueDepth = {
  /** Jobs that wait, also those that are not due yet. */
  waiting: number
  /** Of those that nobody tried yet the one that was posted first; 0 where none waits. */
  oldestWaitingSeconds: number
  /** Jobs in work. */
  running: number
  /** Results in Storage that no coordinator has read, whose nodes wait for their pay. */
  unread: number
  /** How long the oldest of them lies there; 0 where none does. */
  oldestUnreadSeconds: number
  /** Jobs that failed for good, by type; those that an operator reset are taken off. */
  failed: Readonly<Record<string, number>>
  /** Attempts that ended within the last 15 whole minutes: with a result; or failed, refused or lost. */
  lately: { accepted: number; failed: number }
  /** Above these an alarm stands, null: never. The age of a job in seconds; a share of attempts, 0 to 1. */
  limits: { oldestWaitingSeconds: number | null; failedShare: number | null }
}

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
  relay: {
    /** Of the chain's coin, as a decimal string; null until it was looked at. */
    balanceWei: string | null
    /** How often the batch that waits for a block was signed; 0 where none waits. */
    tries: number
  }
  /** Null until it was looked at, and while it cannot be. */
  queue: QueueDepth | null
  /** What a person has to look at, oldest first. */
  alarms: readonly Alarm[]
}

/** What a customer's one task can raise: told, but no reason to take the coordinator for ill, cards and payouts with it. */
const ofQueue: ReadonlySet<Alarm['code']> = new Set(['queue_old', 'jobs_failing', 'result_unread'])

/** Degraded: somebody should look. Standing by, or having no contract yet, is none of that. */
export function healthReport(parts: {
  database: PartHealth
  chain: PartHealth
  settlement: SettlementStatus
  relay: RelayPosition
  queue: QueueDepth | null
  alarms: readonly Alarm[]
}): HealthReport {
  const { database, chain, settlement, relay, queue, alarms } = parts
  const position = 'instanceId' in settlement ? settlement : null
  const lag = position?.finalizedBlock == null ? null : Number(position.finalizedBlock - position.cursorBlock)
  const halted = settlement.state === 'halted' || settlement.state === 'keyless'
  const urgent = alarms.some(({ code }) => !ofQueue.has(code))
  const down = database.state === 'down' || chain.state === 'down' || halted || urgent
  return {
    status: down ? 'degraded' : 'ok',
    database,
    chain,
    settlement: {
      state: settlement.state,
      reason: 'reason' in settlement ? settlement.reason : null,
      instanceId: numberOf(position?.instanceId),
      chainId: position?.chainId ?? null,
      contractAddress: position?.contractAddress ?? null,
      cursorBlock: numberOf(position?.cursorBlock),
      finalizedBlock: numberOf(position?.finalizedBlock),
      finalityLag: lag,
      reconciledBlock: numberOf(position?.reconciledBlock),
    },
    relay: { balanceWei: relay.balanceWei === null ? null : String(relay.balanceWei), tries: relay.tries },
    queue,
    alarms,
  }
}

const numberOf = (value: bigint | null | undefined): number | null => (value == null ? null : Number(value))
