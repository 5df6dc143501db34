/** What a person has to look at. */
export type AlarmCode =
  | 'deficit'
  | 'halted'
  | 'signer'
  | 'nobody_settles'
  | 'loop_failing'
  | 'finality_lag'
  | 'relayer_balance'
  | 'relay_stuck'
  | 'gas_price'
  | 'paused'
  | 'escrow_short'
  | 'charge_cap'
  | 'overcharged'
  | 'vouchers_withheld'
  | 'queue_old'
  | 'jobs_failing'
  | 'result_unread'

/** One that stands: since when (ISO 8601), and in words. */
export type Alarm = { code: AlarmCode; since: string; message: string }

/** The alarms that stand. Raising one that stands, or clearing one that does not, says nothing. */
export type Alarms = {
  readonly standing: readonly Alarm[]
  /** `message` null: all is well. */
  set(code: AlarmCode, message: string | null): void
}

/** Keeps alarms. `onChange` is told of each that is raised and, with null, of each that is over. */
export function createAlarms(parameters: {
  now: () => number
  onChange: (code: AlarmCode, message: string | null) => void
}): Alarms {
  const { now, onChange } = parameters
  const standing = new Map<AlarmCode, Alarm>()
  return {
    get standing() {
      return [...standing.values()]
    },
    set(code, message) {
      const before = standing.get(code)
      if (message === null) {
        if (standing.delete(code)) onChange(code, null)
        return
      }
      standing.set(code, { code, since: before?.since ?? new Date(now()).toISOString(), message })
      if (before === undefined) onChange(code, message)
    },
  }
}
