/** What the ledger believes about the chain: oblivion.settlement_instance(). */
export type SettlementInstance = {
  instanceId: number | string
  chainId: number
  contractAddress: string
  tokenAddress: string
  genesisHash: string
  cursorBlock: number
  cursorHash: string | null
  halted: string | null
}

/** What the chain says. `cursorHash` is its hash of the ledger's cursor block, null where it has no such block. */
export type ChainFacts = {
  chainId: number
  genesisHash: string
  cursorHash: string | null
  contractExists: boolean
  tokenExists: boolean
}

export type SettlementDecision =
  | { kind: 'keep' }
  | { kind: 'new'; reason: 'first' | 'wiped' | 'behind' | 'contract_missing'; reuseToken: boolean }

/**
 * Whether the chain still is the one that the ledger has booked from.
 *
 * All totals that are signed (charges, vouchers) count from zero per settlement instance. Signing an old instance's
 * totals for a contract that has not paid them would pay everyone twice, so a chain that lost blocks gets a new
 * contract and thereby a new instance, and what the old one paid stays paid.
 */
export const decideSettlement = (instance: SettlementInstance | null, chain: ChainFacts): SettlementDecision => {
  if (instance === null) return { kind: 'new', reason: 'first', reuseToken: false }
  if (chain.chainId !== instance.chainId || chain.genesisHash.toLowerCase() !== instance.genesisHash.toLowerCase()) {
    return { kind: 'new', reason: 'wiped', reuseToken: false }
  }
  const { cursorHash } = instance
  // A ledger that has booked nothing yet has no hash to compare.
  if (cursorHash !== null && chain.cursorHash?.toLowerCase() !== cursorHash.toLowerCase()) {
    return { kind: 'new', reason: 'behind', reuseToken: chain.tokenExists }
  }
  if (!chain.contractExists) return { kind: 'new', reason: 'contract_missing', reuseToken: chain.tokenExists }
  return { kind: 'keep' }
}

const WHAT_HAPPENED = {
  wiped: 'The local chain is a new one, and the ledger belongs to the old one.',
  behind: 'The local chain has fallen behind the ledger: blocks that the ledger has booked are gone.',
  contract_missing: 'The settlement contract of the ledger is not on the local chain.',
} as const

/** What a person is told about it; null where nothing is lost. */
export const sayDecision = (decision: SettlementDecision, instance: SettlementInstance | null): string | null => {
  if (decision.kind === 'keep' || decision.reason === 'first') return null
  return (
    `${WHAT_HAPPENED[decision.reason]} Settlement ${instance?.instanceId ?? ''} is closed and a new contract is ` +
    'deployed. What was paid stays paid and nothing is paid twice; earnings of the closed settlement that were not ' +
    'claimed cannot be claimed any more. Customers start with a new deposit of test money.'
  )
}
