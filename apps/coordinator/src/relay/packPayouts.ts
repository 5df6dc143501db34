import type { Voucher } from '@oblivion/contracts'

/** A voucher to send, and what its provider has been paid so far; amounts in the token's smallest unit. */
export type PayoutDue = Voucher & { settled: bigint }

/**
 * Which rows a batch pays, where the cap or the pool does not reach for all.
 *
 * Everybody gets the same, and who is owed less than that leaves the rest to the others: one provider who is owed more
 * than the cap of a day stops nobody (M15). A row says the total that it may reach, which may be below what its voucher
 * says. Who comes first in `due` comes first where not everybody can have the least amount; the rest has its turn next.
 *
 * @param parameters.due who had a row longest ago first
 * @param parameters.allowed what the contract would pay out now in all
 * @param parameters.least what is worth a row
 */
export function packPayouts(parameters: {
  due: readonly PayoutDue[]
  allowed: bigint
  least: bigint
  mostRows: number
}): Voucher[] {
  const { allowed, least, mostRows } = parameters
  const owing = parameters.due.filter(({ cumulative, settled }) => cumulative - settled >= least)
  const room = least === 0n ? BigInt(mostRows) : allowed / least
  const rows = owing.slice(0, room < BigInt(mostRows) ? Number(room) : mostRows)
  let left = allowed
  let waiting = rows.length
  const shares = new Map<PayoutDue, bigint>()
  // From the smallest debt on, each takes at most an equal part of what is left.
  for (const row of [...rows].sort((one, other) => compare(owed(one), owed(other)))) {
    const part = left / BigInt(waiting)
    const share = owed(row) < part ? owed(row) : part
    shares.set(row, share)
    left -= share
    waiting -= 1
  }
  return rows.map((row) => ({ provider: row.provider, cumulative: row.settled + (shares.get(row) ?? 0n) }))
}

const owed = ({ cumulative, settled }: PayoutDue): bigint => cumulative - settled
const compare = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0)
