import {
  type ReadClient,
  readCounters,
  readEscrow,
  readProviderSettled,
  type SettlementEvent,
} from '@oblivion/contracts'
import type { Address } from 'viem'
import type { Engine } from '../database/createEngine.ts'
import { readLedgerState, type SettlementInstance } from '../database/ledger.ts'
import { compareBooks, type Difference } from './compareBooks.ts'

/** Accounts that are compared one by one; the totals stand for the rest. */
const MOST_ACCOUNTS = 100

/** Reads both sides at the ledger's cursor block: what differs, and what was taken from customers beyond their spending. */
export async function reconcile(
  engine: Engine,
  client: ReadClient,
  parameters: { instance: SettlementInstance; blockNumber: bigint; events: readonly SettlementEvent[] },
): Promise<{ differences: Difference[]; overcharged: bigint }> {
  const { instance, blockNumber, events } = parameters
  const at = { settlement: instance.contractAddress, blockNumber }
  const { customers, providers } = movedIn(events)
  const [ledger, counters, escrowOf, settledOf] = await Promise.all([
    readLedgerState(engine, instance.instanceId),
    readCounters(client, at),
    Promise.all(
      customers.map(async (customer) => ({ customer, escrow: await readEscrow(client, { ...at, customer }) })),
    ),
    Promise.all(
      providers.map(async (provider) => ({
        provider,
        settled: await readProviderSettled(client, { ...at, provider }),
      })),
    ),
  ])
  return { differences: compareBooks(ledger, { ...counters, escrowOf, settledOf }), overcharged: ledger.overcharged }
}

function movedIn(events: readonly SettlementEvent[]): { customers: Address[]; providers: Address[] } {
  const customers = new Set<Address>()
  const providers = new Set<Address>()
  for (const event of events) {
    if (event.kind === 'Claimed') providers.add(event.provider)
    else if ('customer' in event) customers.add(event.customer)
  }
  return {
    customers: [...customers].slice(0, MOST_ACCOUNTS),
    providers: [...providers].slice(0, MOST_ACCOUNTS),
  }
}
