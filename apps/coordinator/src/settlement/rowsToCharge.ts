import type { Charge, CustomerOnChain } from '@oblivion/contracts'

/** What is worth a row of a batch, and what an escrow is short of. */
export type ChargePlan = {
  rows: Charge[]
  short: Array<{ customer: Charge['customer']; missing: bigint }>
}

/**
 * Which of the due totals the contract would take something for now, in the order in which they are due.
 *
 * A total that is on the chain already and only waits for finality is not sent again, nor is one whose customer has
 * nothing left in escrow or under its daily cap: that would burn gas at every turn.
 */
export function rowsToCharge(
  due: readonly Charge[],
  onChain: ReadonlyArray<Pick<CustomerOnChain, 'charged' | 'escrow' | 'chargeable'>>,
): ChargePlan {
  const plan: ChargePlan = { rows: [], short: [] }
  for (const [index, row] of due.entries()) {
    const customer = onChain[index]
    if (customer === undefined || row.cumulative <= customer.charged) continue
    const owed = row.cumulative - customer.charged
    if (customer.escrow < owed) plan.short.push({ customer: row.customer, missing: owed - customer.escrow })
    if (customer.escrow > 0n && customer.chargeable > 0n) plan.rows.push(row)
  }
  return plan
}
