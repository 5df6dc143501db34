import type { Asset, ScheduleDraft, TaskDraft } from '@oblivion/core'
import type { Needs } from './needsDraft.ts'
import type { RunTerms } from './runDraft.ts'

/** How often each chunk is computed, and how many equal results decide. */
export const checkChoices = [
  { key: '1', label: 'Once', note: 'No check' },
  { key: '2', label: 'Twice', note: 'Both must agree' },
  { key: '3', label: 'Thrice', note: 'Two of three decide' },
] as const

export const repeatChoices = [
  { key: 'once', label: 'Now', note: 'Once' },
  { key: 'every', label: 'Every', note: 'Some minutes' },
  { key: 'cron', label: 'Cron', note: 'At set times' },
] as const

/** What every order says beside what it computes. */
export type OrderTerms = {
  check: (typeof checkChoices)[number]['key']
  repeat: (typeof repeatChoices)[number]['key']
  /** As typed. */
  everyMinutes: string
  /** As typed: five fields, in UTC. */
  cron: string
  /** What pays it. */
  asset: Asset
  acknowledged: boolean
}

export const firstTerms: OrderTerms = {
  check: '1',
  repeat: 'once',
  everyMinutes: '60',
  cron: '0 6 * * *',
  asset: 'chain',
  acknowledged: false,
}

export const replicasOf = ({ check }: OrderTerms): number => Number(check)

/**
 * A task paid as the terms say, whose every chunk is computed as often as they say: each replica is paid.
 *
 * @param more what else it says of its workers and of how it runs
 */
export function withTerms(task: TaskDraft, terms: OrderTerms, more: Needs & RunTerms = {}): TaskDraft {
  const replicas = replicasOf(terms)
  // Left out for tokens, so that an older database takes it.
  const paid = { ...task, ...more, ...(terms.asset === 'chain' ? {} : { asset: terms.asset }) }
  return replicas === 1 ? paid : { ...paid, budget: task.budget * BigInt(replicas), trust: { replicas } }
}

/** When a task is posted again; null where it is posted once. The database says the last word on a cron expression. */
export type Repeat = Pick<ScheduleDraft, 'everySeconds' | 'cron'>

export function readRepeat(terms: OrderTerms): { repeat: Repeat | null; problem: string | null } {
  if (terms.repeat === 'once') return { repeat: null, problem: null }
  if (terms.repeat === 'every') {
    const minutes = /^\d{1,6}$/.test(terms.everyMinutes.trim()) ? Number(terms.everyMinutes) : 0
    return minutes >= 1 && minutes <= 525_600
      ? { repeat: { everySeconds: minutes * 60 }, problem: null }
      : { repeat: null, problem: 'Enter whole minutes, from 1 to 525,600 (a year).' }
  }
  const cron = terms.cron.trim().replace(/\s+/g, ' ')
  return /^[\d*,/-]+( [\d*,/-]+){4}$/.test(cron)
    ? { repeat: { cron }, problem: null }
    : { repeat: null, problem: 'Enter five fields: minute, hour, day, month, weekday. 0 6 * * 1-5 is six on workdays.' }
}
