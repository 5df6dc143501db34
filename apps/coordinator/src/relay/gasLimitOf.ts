/** What a batch takes at most, whatever its rows find when their block comes. */
const GAS_BASE = 60_000n
const GAS_PER_ROW = 65_000n

/**
 * An estimate holds for its own second: caps refill, an escrow or a provider's first payout changes what a row does. So
 * the limit is what the rows take at most; what is not used costs nothing.
 */
export function gasLimitOf(estimate: bigint, rows: number): bigint {
  const most = GAS_BASE + GAS_PER_ROW * BigInt(rows)
  const margin = (estimate * 5n) / 4n
  return margin > most ? margin : most
}
