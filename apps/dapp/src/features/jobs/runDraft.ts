import type { TaskDraft } from '@oblivion/core'
import { plural } from '../format/plural.ts'

/** How a task is worked through, as typed; what is empty is left to the network. */
export type RunForm = { atOnce: string; attempts: string; timeout: string; priority: string }

export const firstRunForm: RunForm = { atOnce: '', attempts: '3', timeout: '', priority: '0' }

/** What a task says of it; nothing of what is left to the network. */
export type RunTerms = Pick<TaskDraft, 'maxConcurrentChunks' | 'maxAttempts' | 'timeoutSeconds' | 'priority'>

export type RunPlan = {
  terms: RunTerms
  problems: { readonly [K in keyof RunForm]: string | null }
  /** What is chosen, in a few words. */
  says: string
}

export function planRun(form: RunForm): RunPlan {
  const atOnce = readCount(form.atOnce, 1, 1_000_000_000, 'Leave it empty for no limit.')
  const attempts = readCount(form.attempts, 1, 10, 'Leave it empty for 3.')
  const timeout = readCount(form.timeout, 5, 3600, 'Leave it empty for the network’s own.')
  const priority = readCount(form.priority, 0, 9, 'Leave it empty for 0.')
  return {
    terms: {
      // Left out where they are the network's own, so that it may change them.
      ...(atOnce.count === null ? {} : { maxConcurrentChunks: atOnce.count }),
      ...(attempts.count === null || attempts.count === 3 ? {} : { maxAttempts: attempts.count }),
      ...(timeout.count === null ? {} : { timeoutSeconds: timeout.count }),
      ...(priority.count ? { priority: priority.count } : {}),
    },
    problems: {
      ...{ atOnce: atOnce.problem, attempts: attempts.problem },
      ...{ timeout: timeout.problem, priority: priority.problem },
    },
    says: [
      plural(attempts.count ?? 3, 'attempt'),
      ...(timeout.count === null ? [] : [`${timeout.count} s each`]),
      ...(atOnce.count === null ? [] : [`${atOnce.count.toLocaleString('en-US')} at once`]),
      ...(priority.count ? [`priority ${priority.count}`] : []),
    ].join(', '),
  }
}

/** A whole number as typed; null where the field is empty, or where it is none and `problem` says so. */
export function readCount(
  typed: string,
  least: number,
  most: number,
  empty: string,
): { count: number | null; problem: string | null } {
  const text = typed.trim()
  if (text === '') return { count: null, problem: null }
  const count = /^-?\d{1,13}$/.test(text) ? Number(text) : Number.NaN
  if (count >= least && count <= most) return { count, problem: null }
  const bounds = [least, most].map((bound) => bound.toLocaleString('en-US'))
  return { count: null, problem: `Enter a whole number from ${bounds.join(' to ')}. ${empty}`.trimEnd() }
}
