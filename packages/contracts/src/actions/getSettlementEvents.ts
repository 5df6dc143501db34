import { type Address, type Hash, parseEventLogs } from 'viem'
import { getLogs } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/** Where a log stands on the chain; (transactionHash, logIndex) names it. */
export type LogPosition = { transactionHash: Hash; logIndex: number; blockNumber: bigint; blockHash: Hash }

/** What moved money, as the contract reported it. Amounts in the token's smallest unit. */
export type SettlementEvent = LogPosition &
  (
    | { kind: 'Deposited'; customer: Address; amount: bigint }
    | {
        kind: 'Charged'
        customer: Address
        cumulative: bigint
        cumulativeFee: bigint
        amount: bigint
        fee: bigint
      }
    | { kind: 'Claimed'; provider: Address; amount: bigint }
    | { kind: 'Withdrawn'; customer: Address; amount: bigint }
    | { kind: 'ToppedUp'; from: Address; amount: bigint }
    | { kind: 'FeesCollected'; treasury: Address; amount: bigint }
  )

/** Reads all money movements of a closed range of blocks, in the chain's order. */
export async function getSettlementEvents(
  client: ReadClient,
  parameters: { settlement: Address; fromBlock: bigint; toBlock: bigint },
): Promise<SettlementEvent[]> {
  const logs = await getLogs(client, {
    address: parameters.settlement,
    fromBlock: parameters.fromBlock,
    toBlock: parameters.toBlock,
  })
  return parseEventLogs({ abi: settlementAbi, logs, eventName: [...moneyEvents] }).map(toEvent)
}

const moneyEvents = ['Deposited', 'Charged', 'Claimed', 'Withdrawn', 'ToppedUp', 'FeesCollected'] as const

type MoneyLog = ReturnType<typeof parseEventLogs<typeof settlementAbi, true, [...typeof moneyEvents]>>[number]

function toEvent({ eventName, args, transactionHash, logIndex, blockNumber, blockHash }: MoneyLog): SettlementEvent {
  // Name and arguments come from one log, so they fit; the compiler cannot see it through the union.
  return { kind: eventName, ...args, transactionHash, logIndex, blockNumber, blockHash } as SettlementEvent
}
