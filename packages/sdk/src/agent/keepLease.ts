import { isTransient } from '@oblivion/client'
import type { HeartbeatAnswer } from '@oblivion/core'
import type { Clock } from './Clock.ts'
import { retryDelay } from './retryDelay.ts'

export interface Lease {
  readonly leaseExpiresAt: string
  readonly heartbeatMs: number
  readonly beat: (signal: AbortSignal) => Promise<HeartbeatAnswer>
  readonly clock: Clock
  readonly random: () => number
}

/**
 * Until when a lease stands by this device's clock. That clock may be wrong by hours: what the server's time says is taken
 * only as far as it is plausible for a lease.
 */
const leaseEnd = (expiresAt: string, now: number): number =>
  now + Math.min(900_000, Math.max(30_000, Date.parse(expiresAt) - now || 0))

/**
 * Beats until the signal aborts (the job is over) or the job is not ours any more: `cancelled` on the server's word, `lost`
 * where the lease ended without one. While the network is away the job is kept as long as its lease stands.
 *
 * @throws what `beat` throws and is no matter of the network.
 */
export const keepLease = async (lease: Lease, over: AbortSignal): Promise<'over' | 'cancelled' | 'lost'> => {
  const { clock, random, heartbeatMs } = lease
  let end = leaseEnd(lease.leaseExpiresAt, clock.now())
  let failures = 0
  for (;;) {
    await clock.sleep(failures === 0 ? heartbeatMs : Math.min(heartbeatMs, retryDelay(failures, random)), over)
    if (over.aborted) return 'over'
    try {
      const { leaseExpiresAt, cancel } = await lease.beat(over)
      if (over.aborted) return 'over'
      if (cancel || leaseExpiresAt === null) return 'cancelled'
      end = leaseEnd(leaseExpiresAt, clock.now())
      failures = 0
    } catch (error) {
      if (over.aborted) return 'over'
      if (!isTransient(error)) throw error
      failures++
      // Asked once more even after a long sleep of the device: the server may have been patient.
      if (clock.now() >= end) return 'lost'
    }
  }
}
