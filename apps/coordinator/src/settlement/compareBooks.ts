import type { SettlementCounters } from '@oblivion/contracts'
import type { Address } from 'viem'
import type { LedgerState } from '../database/ledger.ts'

/** The contract's side at one block: its totals, and the accounts that moved since the last comparison. */
export type ContractState = SettlementCounters & {
  escrowOf: ReadonlyArray<{ customer: Address; escrow: bigint }>
  settledOf: ReadonlyArray<{ provider: Address; settled: bigint }>
}

/** One figure that chain and ledger do not agree on. */
export type Difference = { what: string; ledger: bigint; chain: bigint }

/**
 * Compares the ledger with the contract, to the unit. No difference is small enough to pay on.
 *
 * The contract's own counters are compared, not its token balance: anybody may send it tokens without a deposit, and
 * such a surplus belongs to nobody (M6). A balance below the counters is a difference, and so is a pool below what
 * providers are owed: somebody was paid who has not earned it. Whoever tops it up makes them whole.
 */
export function compareBooks(ledger: LedgerState, contract: ContractState): Difference[] {
  const escrowOf = new Map(ledger.customers.map(({ customer, escrow }) => [customer, escrow]))
  const settledOf = new Map(ledger.providers.map(({ provider, settled }) => [provider, settled]))
  const owed = contract.totalEscrow + contract.pool + contract.fees
  const figures: Difference[] = [
    { what: 'sum of all ledger entries', ledger: ledger.total, chain: 0n },
    { what: 'escrow of all customers', ledger: ledger.escrow, chain: contract.totalEscrow },
    { what: 'pool', ledger: ledger.pool, chain: contract.pool },
    { what: 'fees', ledger: ledger.fees, chain: contract.fees },
    {
      what: 'pool against what providers are owed',
      ledger: ledger.owed,
      chain: contract.pool < ledger.owed ? contract.pool : ledger.owed,
    },
    {
      what: 'tokens held against the counters',
      ledger: owed,
      chain: contract.balance < owed ? contract.balance : owed,
    },
    ...contract.escrowOf.map(({ customer, escrow }) => ({
      what: `escrow of ${customer}`,
      ledger: escrowOf.get(customer) ?? 0n,
      chain: escrow,
    })),
    ...contract.settledOf.map(({ provider, settled }) => ({
      what: `paid to ${provider}`,
      ledger: settledOf.get(provider) ?? 0n,
      chain: settled,
    })),
  ]
  return figures.filter((figure) => figure.ledger !== figure.chain)
}

/** The differences as the reason of a halt. */
export function sayDifferences(differences: readonly Difference[], blockNumber: bigint): string {
  const said = differences
    .slice(0, 3)
    .map(({ what, ledger, chain }) => `${what}: ${ledger} in the ledger, ${chain} on the chain`)
  const more = differences.length > said.length ? `; and ${differences.length - said.length} more` : ''
  return (
    `Ledger and chain differ at block ${blockNumber} (smallest units): ${said.join('; ')}${more}. ` +
    'Events that a node left out are looked for, a thousand blocks a turn; what the pool lacks somebody has to top up.'
  )
}
