import type { SettlementEvent } from '@oblivion/contracts'

/** An event as `oblivion.record_chain_events` takes it: amounts as decimal strings. */
export type LedgerEvent = {
  txHash: string
  logIndex: number
  blockNumber: number
  blockHash: string
  kind: SettlementEvent['kind']
  customer?: string
  provider?: string
  /** Whose account of the token it came from or went to, where that is neither a customer nor a provider. */
  account?: string
  amount: string
  cumulative?: string
  cumulativeFee?: string
  fee?: string
}

/** The same event, in the ledger's words. */
export function ledgerEventOf(event: SettlementEvent): LedgerEvent {
  const position = {
    txHash: event.transactionHash,
    logIndex: event.logIndex,
    blockNumber: Number(event.blockNumber),
    blockHash: event.blockHash,
  }
  switch (event.kind) {
    case 'Deposited':
      return { ...position, kind: event.kind, customer: event.customer, amount: String(event.amount) }
    case 'Charged':
      return {
        ...position,
        kind: event.kind,
        customer: event.customer,
        cumulative: String(event.cumulative),
        cumulativeFee: String(event.cumulativeFee),
        amount: String(event.amount),
        fee: String(event.fee),
      }
    case 'Withdrawn':
      return { ...position, kind: event.kind, customer: event.customer, amount: String(event.amount) }
    case 'ToppedUp':
      return { ...position, kind: event.kind, account: event.from, amount: String(event.amount) }
    case 'FeesCollected':
      return { ...position, kind: event.kind, account: event.treasury, amount: String(event.amount) }
    case 'Claimed':
      return {
        ...position,
        kind: event.kind,
        provider: event.provider,
        amount: String(event.amount),
      }
  }
}
