import type { StatementRow } from '@oblivion/core'

const words: Record<string, string> = {
  accept: 'Chunk accepted',
  deposit: 'Deposit',
  withdraw: 'Withdrawal',
  claim: 'Settled to your wallet',
  hold: 'Held for a task',
  refund: 'Back from a task',
  share: 'Shared with a site or its visitor',
  play: 'Play money',
  payout: 'Card earnings paid out',
  card_refund: 'Back to the card',
  refund_failed: 'Refund that the bank sent back',
  dispute: 'Disputed with the bank',
  recover: 'Taken for a dispute',
  dispute_won: 'Dispute won',
}

/** What an entry is, in words; a kind that this page does not know yet keeps the ledger's. */
export function entryWord({ kind, amount }: Pick<StatementRow, 'kind' | 'amount'>): string {
  if (kind === 'play') return amount > 0n ? 'Play money added' : 'Play money given back'
  return words[kind] ?? kind
}
