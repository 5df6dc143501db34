/** What the doctor says of one thing. */
export interface Finding {
  /** What was looked at, such as `frame-src`. */
  readonly check: string
  /** `change`: the worker cannot work like this. `note`: it works, and something is worth knowing. */
  readonly verdict: 'ok' | 'note' | 'change'
  /** One sentence. */
  readonly says: string
  /** The line to add, or what to do. */
  readonly add?: string
}

export const ok = (check: string, says: string): Finding => ({ check, verdict: 'ok', says })
export const note = (check: string, says: string, add?: string): Finding => ({
  check,
  verdict: 'note',
  says,
  ...(add === undefined ? {} : { add }),
})
export const change = (check: string, says: string, add: string): Finding => ({ check, verdict: 'change', says, add })
