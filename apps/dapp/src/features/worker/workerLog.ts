import type { JobAtHand, WorkerState } from '@oblivion/core'
import type { JobReport } from '@oblivion/sdk'

/** A job of this tab after the server has looked at it. `endedAt` is in milliseconds since the epoch. */
export type LogEntry = JobReport & { endedAt: number }

/** The worker as screens follow it. */
export type WorkerView = {
  state: WorkerState
  /** The wallet that it earns for; null while it never started. */
  address: string | null
  /** The node that this browser is registered as; null before it is. */
  nodeId: string | null
  /** When the job at hand was taken, in milliseconds since the epoch. */
  jobSince: number | null
  /** When the rest of now began, in milliseconds since the epoch. */
  pausedSince: number | null
  /** The last jobs of this tab, newest first. */
  log: readonly LogEntry[]
  /** The share of one core that it used in the last second, 0 to 1. */
  share: number
}

export const restingWorker: WorkerView = {
  state: { status: 'idle' },
  address: null,
  nodeId: null,
  jobSince: null,
  pausedSince: null,
  log: [],
  share: 0,
}

const longest = 50

/** The job that a state holds, if any. */
export function jobAtHand(state: WorkerState): JobAtHand | null {
  return 'job' in state ? state.job : null
}

/** Whether the worker does or may soon do something: what the bar shows on every page. */
export function isLive({ status }: WorkerState): boolean {
  return status !== 'idle' && status !== 'stopped' && status !== 'failed' && status !== 'consenting'
}

/** Takes up a new state at a moment, and notes when a job began: a rest is no part of what it takes. */
export function recordState(view: WorkerView, state: WorkerState, now: number): WorkerView {
  const before = jobAtHand(view.state)
  const after = jobAtHand(state)
  const same = before !== null && after !== null && before.jobId === after.jobId && before.attempt === after.attempt
  const pausedSince = state.status === 'paused' ? (view.pausedSince ?? now) : null
  const rested = pausedSince === null && view.pausedSince !== null ? now - view.pausedSince : 0
  const since = same && view.jobSince !== null ? Math.min(now, view.jobSince + rested) : now
  return { ...view, state, pausedSince, jobSince: after === null ? null : since }
}

/** Takes up what became of a job. */
export function recordReport(view: WorkerView, report: JobReport, now: number): WorkerView {
  return { ...view, log: [{ ...report, endedAt: now }, ...view.log].slice(0, longest) }
}
