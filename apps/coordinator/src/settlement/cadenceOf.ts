import { localChainId } from '@oblivion/contracts'

/** How often the coordinator looks at the chain, and how often it may spend gas on a charge. */
export type Cadence = { chargeMs: number }

/**
 * A local chain costs nothing, and somebody is watching the screen. On a public chain each charge costs gas: one in ten
 * minutes collects many chunks, and a provider waits for a voucher no longer than that and finality.
 */
export function cadenceOf(chainId: number): Cadence {
  return chainId === localChainId ? { chargeMs: 1_000 } : { chargeMs: 600_000 }
}
