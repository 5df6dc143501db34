import type { CustomerOnChain } from '@oblivion/contracts'

/** Where a withdrawal stands. Moments in seconds since the epoch. */
export type ExitStage =
  | { stage: 'none' }
  | { stage: 'waiting'; amount: bigint; ripeAt: number; lapsesAt: number }
  | { stage: 'ripe'; amount: bigint; lapsesAt: number }

/** The stage of a customer's exit at `now`, in milliseconds. The contract shows a lapsed one as none. */
export function exitStage(
  customer: Pick<CustomerOnChain, 'exiting' | 'exitRipeAt' | 'exitLapsesAt'>,
  now: number,
): ExitStage {
  const seconds = now / 1000
  const [ripeAt, lapsesAt] = [Number(customer.exitRipeAt), Number(customer.exitLapsesAt)]
  if (customer.exiting === 0n || seconds > lapsesAt) return { stage: 'none' }
  if (seconds < ripeAt) return { stage: 'waiting', amount: customer.exiting, ripeAt, lapsesAt }
  return { stage: 'ripe', amount: customer.exiting, lapsesAt }
}
