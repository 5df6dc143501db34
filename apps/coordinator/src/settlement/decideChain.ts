import { isPublishedAccount, localChainId } from '@oblivion/contracts'
import { type Address, type Hash, zeroAddress } from 'viem'
import type { SettlementInstance } from '../database/ledger.ts'
import { RefusalError } from '../RefusalError.ts'

/** What the node says. Nulls: it has no such block, and no contract there. */
export type ChainFacts = {
  chainId: number
  genesisHash: Hash | null
  /** The node's hash of the ledger's cursor block. */
  cursorHash: Hash | null
  /** Whom the contract takes for its settler; null where there is no contract. */
  contractSettler: Address | null
}

/** Which keys and which contract this process was given. */
export type Identity = {
  settler: Address
  relayer: Address
  contractAddress: Address | null
  /** Whether this process has settled with this key before: then it was replaced, and is no mistake of a start. */
  hasSettled: boolean
}

/**
 * `halt`: the chain is not the one that the ledger has booked; paying could pay twice. `behind`: it may be that, or this
 * node only lags. `keyless`: it is, and the contract takes nothing that this process signs.
 */
export type ChainDecision = { kind: 'settle' } | { kind: 'behind' | 'halt' | 'keyless'; reason: string }

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/**
 * Whether this process may settle this instance on this chain.
 *
 * @throws RefusalError where the configuration is wrong: another chain or contract than the ledger's (M10), published
 *   keys off a local chain (M10), or a settler that the contract never knew
 */
export function decideChain(instance: SettlementInstance, chain: ChainFacts, identity: Identity): ChainDecision {
  if (chain.chainId !== instance.chainId) {
    throw new RefusalError(
      'wrong_chain',
      `RPC_URL answers for chain ${chain.chainId}, and the ledger settles on chain ${instance.chainId}. ` +
        'Point RPC_URL at that chain, or open a settlement instance for this one.',
    )
  }
  if (chain.chainId !== localChainId) {
    for (const role of ['settler', 'relayer'] as const) {
      if (!isPublishedAccount(identity[role])) continue
      throw new RefusalError(
        'published_account',
        `The ${role} ${identity[role]} is one of the accounts that anvil prints at every start; its key is public. ` +
          `Use a key of your own on chain ${chain.chainId}.`,
      )
    }
  }
  if (identity.contractAddress !== null && !same(identity.contractAddress, instance.contractAddress)) {
    throw new RefusalError(
      'wrong_contract',
      `CONTRACT_ADDRESS is ${identity.contractAddress}, and the ledger settles with ${instance.contractAddress}.`,
    )
  }
  if (chain.genesisHash === null || !same(chain.genesisHash, instance.genesisHash)) {
    return {
      kind: 'halt',
      reason: `The chain is another one: block 0 is not the ${instance.genesisHash} of the ledger.`,
    }
  }
  if (instance.cursorHash !== null && chain.cursorHash === null) {
    return {
      kind: 'behind',
      reason: `The chain has fallen behind the ledger: it has no block ${instance.cursorBlock}, up to which the ledger is booked.`,
    }
  }
  if (instance.cursorHash !== null && chain.cursorHash !== null && !same(chain.cursorHash, instance.cursorHash)) {
    return {
      kind: 'halt',
      reason: `The chain has another block ${instance.cursorBlock} than the ledger has booked.`,
    }
  }
  if (chain.contractSettler === null) {
    return { kind: 'halt', reason: `There is no settlement contract at ${instance.contractAddress}.` }
  }
  if (same(chain.contractSettler, zeroAddress)) {
    return {
      kind: 'keyless',
      reason: `The settler of ${instance.contractAddress} was revoked. Its admin can name another one after the delay.`,
    }
  }
  if (!same(chain.contractSettler, identity.settler)) {
    if (identity.hasSettled) {
      return {
        kind: 'keyless',
        reason: `The contract's settler is ${chain.contractSettler} by now. Start the coordinator with the key of that one.`,
      }
    }
    throw new RefusalError(
      'wrong_settler',
      `SETTLER_PRIVATE_KEY belongs to ${identity.settler}, and the contract ${instance.contractAddress} accepts only ` +
        `signatures of ${chain.contractSettler}.`,
    )
  }
  return { kind: 'settle' }
}
