import type { OperatorAction, OperatorBatch, OperatorOverview } from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { formatDuration } from '../format/formatDuration.ts'
import { plural } from '../format/plural.ts'
import type { Alarm, Health } from './readHealth.ts'

const alarmTitles: Record<string, string> = {
  deficit: 'Ledger and contract differ.',
  halted: 'Settlement is stopped.',
  signer: 'The contract knows another settler.',
  nobody_settles: 'Nobody settles.',
  loop_failing: 'Some work fails at every turn.',
  finality_lag: 'The chain makes no block final.',
  relayer_balance: 'The relayer runs out of gas money.',
  relay_stuck: 'A batch is stuck.',
  gas_price: 'Gas is too dear.',
  paused: 'The guardian has paused the contract.',
  escrow_short: 'An escrow is short.',
  charge_cap: 'Customers hold more than charges can collect in time.',
  overcharged: 'Somebody else signs for the settler.',
  vouchers_withheld: 'Earnings grow faster than vouchers may.',
  queue_old: 'Jobs wait for long.',
  jobs_failing: 'Many attempts fail.',
  result_unread: 'Large results are not read.',
}

export const alarmTitle = ({ code }: Alarm): string => alarmTitles[code] ?? `Alarm: ${code}.`

/** How the whole stands. `health` is null where the coordinator does not answer, undefined before it was asked. */
export function operatorSentence(
  { settlement, programs }: Pick<OperatorOverview, 'settlement' | 'programs'>,
  health: Pick<Health, 'alarms' | 'down'> | null | undefined,
): string {
  if (health === null) return 'The coordinator does not answer.'
  const alarms = (health?.alarms.length ?? 0) + (health?.down.length ?? 0)
  if (settlement?.haltedReason) {
    const how = settlement.haltCause === 'lifted' ? 'Payouts are about to go on' : 'Payouts are stopped'
    return alarms > 1 ? `${how}, and ${plural(alarms, 'alarm')} stand.` : `${how}.`
  }
  if (alarms > 0) return alarms === 1 ? 'One alarm stands.' : `${alarms} alarms stand.`
  if (programs.suspected.length > 0) return `${plural(programs.suspected.length, 'program')} to look at.`
  if (settlement === null) return 'No contract is open yet.'
  return health === undefined ? 'Asking the coordinator.' : 'Nothing needs you.'
}

/** Whether money moves. */
export function payoutState(settlement: OperatorOverview['settlement']): { meaning: Meaning; words: string } {
  if (settlement === null) return { meaning: 'rest', words: 'No contract is open yet.' }
  if (settlement.haltedReason === null) return { meaning: 'work', words: 'Running.' }
  return settlement.haltCause === 'lifted'
    ? { meaning: 'wait', words: 'About to go on.' }
    : { meaning: 'fail', words: 'Stopped.' }
}

/** Who ends a stop. */
export function haltSentence(cause: NonNullable<OperatorOverview['settlement']>['haltCause']): string {
  if (cause === 'operator') return 'An operator stopped them. They go on when an operator resumes them.'
  if (cause === 'lifted') return 'Payouts go on by themselves where both are equal.'
  if (cause === 'books') return 'They go on by themselves once ledger and contract are equal.'
  if (cause === 'settler') return 'They go on by themselves once the coordinator has the key of the contract’s settler.'
  return 'The chain is another one than was booked. They go on by themselves once it is the same again.'
}

const batchKinds: Record<OperatorBatch['kind'], string> = {
  charge: 'Charges',
  claim: 'Payouts',
  settle: 'Charges and payouts',
}

export function batchWords({ kind, charges, payouts }: OperatorBatch): string {
  const parts = [
    ...(charges > 0 ? [plural(charges, 'customer')] : []),
    ...(payouts > 0 ? [plural(payouts, 'provider')] : []),
  ]
  return `${batchKinds[kind]}: ${parts.join(', ') || 'none'}`
}

/** What should happen by itself, and how late it is: up to half a minute is as it should be. */
export function latenessOf(seconds: number | null): { meaning: Meaning; words: string } {
  if (seconds === null || seconds <= 30) return { meaning: 'done', words: 'On time' }
  return { meaning: seconds <= 120 ? 'wait' : 'fail', words: `Late by ${formatDuration(seconds)}` }
}

export const actionWords: Record<OperatorAction['action'], string> = {
  halt: 'Stopped payouts',
  resume: 'Resumed payouts',
  stop_program: 'Stopped a program',
  allow_program: 'Allowed a program',
}

/** `raytrace` as it is; `sha256:` and the first and last figures of a hash. */
export function programName(program: string): string {
  const hash = /^sha256:([0-9a-f]{64})$/.exec(program)?.[1]
  return hash === undefined ? program : `sha256:${hash.slice(0, 8)}…${hash.slice(-4)}`
}

const programPattern = /^([a-z][a-z0-9_-]{0,99}|sha256:[0-9a-f]{64})$/

/** Why this names no program, or null. The database says the last word. */
export function programProblem(text: string): string | null {
  return programPattern.test(text.trim()) ? null : 'Enter a built-in’s name, or sha256: and 64 figures of hex.'
}
