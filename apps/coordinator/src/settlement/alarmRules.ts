import { localChainId, type SettlementLimits } from '@oblivion/contracts'
import { formatEther, formatGwei } from 'viem'
import { gasLimitOf } from '../relay/gasLimitOf.ts'

// Each rule is a sentence where somebody should look, and null where all is well.

/** A public chain is final within seconds or minutes; a local one stands still while nothing happens. */
const LONGEST_LAG_S = 600n

/** Finality lags: nothing is booked, so no deposit counts and no voucher is signed. Times of blocks, in seconds. */
export function sayFinalityLag(chain: {
  chainId: number
  latestAt: bigint
  finalizedAt: bigint
  nowMs: number
}): string | null {
  const wall = BigInt(Math.floor(chain.nowMs / 1000))
  const head = chain.chainId === localChainId || wall < chain.latestAt ? chain.latestAt : wall
  const lag = head - chain.finalizedAt
  if (lag <= LONGEST_LAG_S) return null
  return `The chain has made no block final for ${lag} s: deposits, charges and payouts are booked later.`
}

/** As many full batches the relayer should be able to pay for. */
const BATCHES = 3n
const FULL_BATCH = 100

/** The relayer runs out of gas money. Wei. */
export function sayRelayerBalance(relayer: { address: string; balance: bigint; gasPrice: bigint }): string | null {
  const { address, balance, gasPrice } = relayer
  const least = BATCHES * gasLimitOf(0n, FULL_BATCH) * gasPrice
  if (balance >= least) return null
  return (
    `The relayer ${address} holds ${formatEther(balance)} of the chain's coin; three full batches at ` +
    `${formatGwei(gasPrice)} gwei take ${formatEther(least)}. Send it some.`
  )
}

/** A batch waits far longer than its replacements take. */
export function sayStuck(relay: { sinceMs: number; tries: number; nowMs: number; longestMs: number }): string | null {
  const { sinceMs, tries, nowMs, longestMs } = relay
  if (nowMs - sinceMs < longestMs) return null
  return `A transaction of the relayer is in no block for ${Math.floor((nowMs - sinceMs) / 1000)} s, after ${tries} tries.`
}

/** Another coordinator settles in seconds what is final. */
const LONGEST_STANDSTILL_MS = 600_000

/** Who holds the settling lock books nothing of what is final. */
export function sayNobodySettles(books: { cursorBlock: bigint; forMs: number }): string | null {
  const { cursorBlock, forMs } = books
  if (forMs < LONGEST_STANDSTILL_MS) return null
  return (
    `Another coordinator has the right to settle, and for ${Math.floor(forMs / 60_000)} min nothing was booked after block ` +
    `${cursorBlock}: look whether it runs. If none does, end its connection, oblivion-coordinator-lock, in the database.`
  )
}

/** A customer's escrow does not cover what it has spent: an exit or a cap was not seen in time. */
export function sayShort(short: ReadonlyArray<{ customer: string; missing: bigint }>): string | null {
  if (short.length === 0) return null
  const said = short.slice(0, 3).map(({ customer, missing }) => `${customer}: ${missing}`)
  const more = short.length > said.length ? `; and ${short.length - said.length} more` : ''
  return `Escrows hold less than their customers have spent (smallest units): ${said.join('; ')}${more}.`
}

/**
 * The contract's own charge cap is not enforced on what all customers together hold and owe, as each one's cap is
 * (docs/adr/0017): it is said before charges could come too late. `exposed` is the smallest unit, and so are the caps.
 */
export function sayChargeCap(
  exposed: bigint,
  limits: Pick<SettlementLimits, 'chargeable' | 'chargeCap' | 'exitDelay' | 'maxPause' | 'cadence'>,
): string | null {
  const { chargeable, chargeCap, exitDelay, maxPause, cadence } = limits
  const refilled = (chargeCap * (exitDelay - maxPause - 2n * cadence)) / 86_400n
  const collectable = chargeable + (refilled > 0n ? refilled : 0n)
  if (exposed * 5n <= collectable * 4n) return null
  return (
    `Customers hold and owe ${exposed} of the smallest unit, and charges take ${collectable} at least before an exit made ` +
    'now ripens, a longest pause included: raise the charge cap, or providers may lose the rest if everybody leaves at once.'
  )
}

/** A provider's earnings grow faster than its voucher may (M8). */
export const sayWithheld = (units: bigint): string | null =>
  units === 0n ? null : `Earnings grow faster than vouchers may; ${units} of the smallest unit wait for the next days.`

/** Somebody else signs for the settler. */
export const sayOvercharged = (units: bigint): string | null =>
  units === 0n
    ? null
    : `The contract has taken ${units} of the smallest unit from customers beyond what they have spent: revoke the ` +
      'settler, its key is stolen. What was taken is spent first from now on.'

export const DEAR =
  'Gas costs more than RELAY_MAX_FEE_GWEI: charges and payouts wait. Providers can still claim by themselves.'
export const PAUSED = 'The guardian has paused the contract: charges, claims and deposits wait. Customers can leave.'
