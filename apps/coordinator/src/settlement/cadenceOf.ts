import { localChainId } from '@oblivion/contracts'

/** How often settlement does what costs something, in milliseconds. */
export type Cadence = {
  /** Asking the node: public endpoints count requests. */
  askMs: number
  /** Charging: gas. */
  chargeMs: number
  /** Comparing the books where nothing has moved: a sum over the whole ledger. */
  reconcileMs: number
  /** Reading the contract's limits, which only its admin moves. */
  limitsMs: number
  /** Looking at the relayer's balance, finality and the signer. */
  lookMs: number
  /** How long a batch may be in no block before more is offered for it. */
  replaceMs: number
}

const local: Cadence = {
  askMs: 0,
  chargeMs: 1_000,
  reconcileMs: 2_000,
  limitsMs: 10_000,
  lookMs: 2_000,
  replaceMs: 5_000,
}
const remote: Cadence = {
  askMs: 15_000,
  chargeMs: 600_000,
  reconcileMs: 60_000,
  limitsMs: 600_000,
  lookMs: 60_000,
  replaceMs: 45_000,
}

/**
 * A local chain costs nothing, and somebody is watching the screen. On a public chain one charge in ten minutes collects
 * many chunks, and a provider waits for a voucher no longer than that and finality.
 */
export function cadenceOf(chainId: number): Cadence {
  return chainId === localChainId ? local : remote
}
