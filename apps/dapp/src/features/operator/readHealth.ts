/** What the coordinator says of itself at `/healthz`; only what a screen shows. */
export type Health = {
  /** `standby`: another process settles; `waiting`: no contract is open yet; `keyless`: the contract knows another settler. */
  state: 'starting' | 'standby' | 'waiting' | 'settling' | 'keyless' | 'halted'
  /** Parts that do not answer it. */
  down: readonly ('database' | 'chain')[]
  /** Finalized blocks that are not booked yet; null before the first look. */
  finalityLag: number | null
  /** What the relayer holds for gas; null before the first look. */
  balanceWei: bigint | null
  alarms: readonly Alarm[]
}

/** What a person has to look at, since when (ISO 8601), and in words. */
export type Alarm = { code: string; since: string; message: string }

const states = ['starting', 'standby', 'waiting', 'settling', 'keyless', 'halted'] as const

/** @throws Error where this is no health report. */
export function readHealth(value: unknown): Health {
  const { settlement, relay, alarms, ...parts } = value as Record<string, Record<string, unknown>>
  const state = states.find((word) => word === settlement?.state)
  if (state === undefined || !Array.isArray(alarms)) throw new Error('The answer is no health report.')
  return {
    state,
    down: (['database', 'chain'] as const).filter((name) => parts[name]?.state === 'down'),
    finalityLag: typeof settlement?.finalityLag === 'number' ? settlement.finalityLag : null,
    balanceWei: typeof relay?.balanceWei === 'string' ? BigInt(relay.balanceWei) : null,
    alarms: alarms.map(({ code, since, message }: Alarm) => ({ code, since, message })),
  }
}
