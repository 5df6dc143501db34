import type { Charge, Voucher } from '@oblivion/contracts'
import type { Hash, Hex } from 'viem'

/** What a unit of gas may cost, in wei. */
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }

/** One signed transaction of a nonce. `cancels`: it moves nothing and only uses the nonce up. */
export type RelayTry = Fees & { hash: Hash; raw: Hex; cancels: boolean; sentAtMs: number }

/** A nonce that has not ended: all that was signed for it, oldest first. */
export type RelayTransaction = {
  id: bigint
  nonce: number
  kind: RelayKind
  gasLimit: bigint
  /** `mined`: in a block that may still be reorganised. */
  state: 'sending' | 'mined'
  minedHash: Hash | null
  openedAtMs: number
  tries: RelayTry[]
}

export type RelayKind = 'charge' | 'claim' | 'settle'

/** What a batch says: rows as the contract takes them. */
export type RelayIntent = { kind: RelayKind; charges: Charge[]; vouchers: Voucher[]; gasLimit: bigint }

/** Bounds of sending. */
export type RelayRules = {
  /** The most that a batch pays for a unit of gas, in wei. */
  maxFeePerGas: bigint
  /** How long a try may wait for a block before it is replaced. */
  replaceAfterMs: number
  /** How often a batch is signed for one nonce, and how often its cancellation. */
  mostTries: number
  /** How many customers a batch charges, and how many providers it pays. */
  mostRows: number
}

/** Freeing a nonce takes 21,000 gas, a batch up to some millions: paid a hundred times dearer it still costs no more. */
export const CANCEL_FACTOR = 100n
